public import ArgumentParser
import Definitions
import Foundation
public import Governance
import Partnership
import Places

struct User: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say who can sign in: add accounts, change roles and passwords, keep somebody out.",
    discussion: """
      People sign in with their email address and a password. A password is asked for, taken from \
      standard input where that is no terminal, or made with --generate. Roles: reader, partner, steward, \
      administrator; each may do what the one before it may, and more.

      Examples:

        kith user add my-place gp@example.org --name "A GP" --role partner --generate \\
          --organisation "Example Primary Care Network"
        kith user list my-place
        kith user role my-place gp@example.org steward
        kith user password my-place gp@example.org
        kith user organisations my-place gp@example.org \\
          "Example Primary Care Network"
        kith user person my-place gp@example.org 1042
        kith user disable my-place gp@example.org
        kith user enable my-place gp@example.org
      """,
    subcommands: [
      Add.self, List.self, SetPassword.self, SetRole.self, SetOrganisations.self, SetPerson.self,
      Disable.self, Enable.self,
    ], defaultSubcommand: List.self)

  /// A place and the account in it that is meant.
  struct Target: ParsableArguments {
    @Argument(help: "The place folder.", completion: .directory)
    var place: String

    @Argument(help: "The email address that the account signs in with.")
    var email: String

    func accounts() throws -> AccountStore { try User.accounts(URL(fileURLWithPath: place)) }
  }

  fileprivate static func accounts(_ place: URL) throws -> AccountStore {
    _ = try PlaceFile(inPlace: place)
    let store = PlaceStore(place: place)
    try store.makeRoot()
    return try AccountStore(at: store.accounts)
  }

  /// The organisations of a place that are called so, or have these numbers.
  fileprivate static func organisations(_ names: [String], in place: String) async throws -> [Int64]
  {
    guard !names.isEmpty else { return [] }
    let partnership = try await PlacePartnership.open(
      PlaceStore(place: URL(fileURLWithPath: place)))
    return try names.map { name in
      var query = RecordQuery([RecordKind.organisation.id])
      query.text = name
      query.order = .relevance
      let found = try partnership.list(query, for: .program("kith user")).records
      let exact = found.filter { $0.title.lowercased() == name.lowercased() }
      if exact.count == 1 { return exact[0].number.value }
      if let number = RecordNumber(name),
        try record(number, .organisation, in: partnership) != nil
      {
        return number.value
      }
      let near = (exact.isEmpty ? found : exact).prefix(5).map { "\($0.title) (\($0.number))" }
      throw ValidationError(
        exact.count > 1
          ? "Several organisations are called '\(name)': \(near.joined(separator: ", ")). Give the number."
          : "No organisation is called '\(name)'."
            + (near.isEmpty
              ? " Add it on the page Partners first."
              : " Near it are: \(near.joined(separator: ", "))."))
    }
  }

  /// A record of the partnership, or nil where there is none of this number and kind.
  fileprivate static func record(
    _ number: RecordNumber, _ kind: RecordKind, in partnership: Partnership
  ) throws -> Record? {
    do {
      let record = try partnership.record(number, for: .program("kith user"))
      return record.kind.id == kind.id ? record : nil
    } catch let error as PartnershipError where error.reason == .missing {
      return nil
    }
  }

  /// How a password is come by.
  struct PasswordOptions: ParsableArguments {
    @Flag(help: "Make a password and print it, once.")
    var generate = false

    /// - Returns: the password, and whether it was made here.
    func password() throws -> (text: String, isMade: Bool) {
      if generate { return (Password.generated(), true) }
      guard isatty(STDIN_FILENO) == 1 else {
        guard let line = readLine(), !line.isEmpty else {
          throw ValidationError(
            "There is no password on standard input. Write it there, or use --generate.")
        }
        return (line, false)
      }
      let first = try Self.ask("Password (12 characters or more, not shown): ")
      guard try Self.ask("The same again: ") == first else {
        throw ValidationError("The two are not the same. Nothing was changed.")
      }
      return (first, false)
    }

    /// Asks on the terminal without showing what is typed.
    private static func ask(_ question: String) throws -> String {
      FileHandle.standardError.write(Data(question.utf8))
      var settings = termios()
      guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
        throw ValidationError("This terminal cannot hide what is typed. Use --generate.")
      }
      let before = settings
      settings.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
      defer {
        var before = before
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        print(error: "")
      }
      guard let line = readLine(), !line.isEmpty else {
        throw ValidationError("No password was given. Nothing was changed.")
      }
      return line
    }
  }
}

extension Role: ExpressibleByArgument {}

extension User {
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Add an account.")

    @OptionGroup var target: Target

    @Option(help: "What history calls them.")
    var name: String

    @Option(help: "What they may do: reader, partner, steward or administrator.")
    var role: Role = .partner

    @Option(help: "The number of their record among the people of the partnership.")
    var person: Int64?

    @Option(help: "The name or number of an organisation whose records they keep. May be repeated.")
    var organisation: [String] = []

    @OptionGroup var options: PasswordOptions

    func run() async throws {
      let accounts = try target.accounts()
      let organisations = try await User.organisations(organisation, in: target.place)
      let (password, isMade) = try options.password()
      try accounts.add(
        target.email, name: name, role: role, password: password, person: person,
        organisations: organisations)
      if isMade { print(password) }
      print(error: "Added \(target.email) as \(role.rawValue).")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the accounts.")

    @OptionGroup var place: PlaceArgument

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func run() throws {
      let accounts = try User.accounts(place.url)
      let rows = try accounts.accounts().map { account in
        [
          account.id, account.name, account.role.rawValue,
          account.organisations.map { "\($0)" }.joined(separator: " "),
          account.isDisabled
            ? "disabled"
            : try accounts.lockedUntil(account.id) != nil
              ? "locked" : account.isPersona ? "persona" : "",
          account.lastSignIn.map { $0.formatted(.iso8601) } ?? "never",
        ]
      }
      print(
        try TextTable(
          columns: ["email", "name", "role", "organisations", "state", "last sign-in"], rows: rows
        ).text(format))
    }
  }

  struct SetPassword: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "password",
      abstract: "Give an account another password, unlock it, and sign it out everywhere.")

    @OptionGroup var target: Target
    @OptionGroup var options: PasswordOptions

    func run() throws {
      let accounts = try target.accounts()
      let (password, isMade) = try options.password()
      try accounts.setPassword(password, of: target.email)
      if isMade { print(password) }
      print(error: "\(target.email) has another password.")
    }
  }

  struct SetRole: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "role", abstract: "Give an account another role.")

    @OptionGroup var target: Target

    @Argument(help: "reader, partner, steward or administrator.")
    var role: Role

    func run() throws {
      try target.accounts().setRole(role, of: target.email)
      print(error: "\(target.email) is \(role.rawValue) now.")
    }
  }

  struct SetOrganisations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "organisations",
      abstract: "Say of which organisations an account keeps the records; none for none.")

    @OptionGroup var target: Target

    @Argument(help: "Their names or numbers.")
    var organisations: [String] = []

    func run() async throws {
      let numbers = try await User.organisations(organisations, in: target.place)
      try target.accounts().setOrganisations(numbers, of: target.email)
      print(error: "\(target.email) keeps the records of \(numbers.count) organisations now.")
    }
  }

  struct SetPerson: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "person",
      abstract: "Say which record among the people is the account’s own; none to take it away.")

    @OptionGroup var target: Target

    @Argument(help: "The number of the record, as it stands in its page’s address.")
    var person: Int64?

    func run() async throws {
      let accounts = try target.accounts()
      if let person {
        let partnership = try await PlacePartnership.open(
          PlaceStore(place: URL(fileURLWithPath: target.place)))
        guard let number = RecordNumber("\(person)"),
          try User.record(number, .person, in: partnership) != nil
        else {
          throw ValidationError(
            "Record \(person) is no person here. Look it up on the page People.")
        }
      }
      try accounts.setPerson(person, of: target.email)
      print(
        error: person.map { "\(target.email) is person \($0) now." }
          ?? "\(target.email) has no record among the people now.")
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep somebody out and sign them out everywhere; what they did stays.")

    @OptionGroup var target: Target

    func run() throws {
      try target.accounts().setDisabled(true, target.email)
      print(error: "\(target.email) can no longer sign in.")
    }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let somebody in again who was disabled or locked.")

    @OptionGroup var target: Target

    func run() throws {
      try target.accounts().setDisabled(false, target.email)
      print(error: "\(target.email) can sign in again.")
    }
  }
}
