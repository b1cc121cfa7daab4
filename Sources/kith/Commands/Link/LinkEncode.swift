public import ArgumentParser
import Definitions
import FileTools
import Foundation
public import Governance
import Linkage
import TableFiles

struct LinkEncode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract:
      "Turn records into encodings, so that partners can be linked who may not say who people are.",
    discussion: """
      For a partner, on its own machine: each record becomes a keyed Bloom filter of all its values, and a name \
      that says nothing. All partners use one key, one model and the same options; whoever links the encodings \
      must not have the key. The encodings are then linked like any files, by a model whose only field is one:

        id: id
        link: {within: false, between: true, one_to_one: true}
        fields:
          encoding: encoding

      Encodings are not anonymous: they can be attacked, and are personal data. docs/linkage.md says how, what \
      --hardening, --salt and --noise do against it, and what they cost. Examples:

        kith link encode --new-key shared.key
        kith link encode model.yaml patients.csv --key shared.key --output patients-encoded.csv --ids patients-ids.csv
        kith link encode model.yaml tenants.csv --key shared.key --output tenants-encoded.csv --salt birth_year
        kith link encodings.yaml patients-encoded.csv tenants-encoded.csv --output linked
      """)

  @Argument(
    help: "The model (.yaml) that says what the columns hold, and the file.", completion: .file())
  var paths: [String] = []

  @Option(
    help: "The file with the key that the partners share: 64 hexadecimal digits.",
    completion: .file())
  var key: String?

  @Option(help: "Write a new key to this file, and do nothing else.", completion: .file())
  var newKey: String?

  @Option(
    name: .shortAndLong, help: "The file to send (.csv or .parquet).", completion: .file())
  var output: String?

  @Option(
    help:
      "A file to keep at home (.csv or .parquet): which record each name in the file to send is of.",
    completion: .file())
  var ids: String?

  @Option(
    help:
      "fold: one half of the bits is laid over the other; none: leave them, which links a little better and is easier to attack."
  )
  var hardening = BloomEncoder.Hardening.fold

  @Option(
    help:
      "birth_year: people of different birth years have nothing in common; links are lost where the year is wrong."
  )
  var salt = FileEncoding.Salt.none

  @Option(help: "The probability that a bit is turned over by chance, 0 to 0.2, such as 0.02.")
  var noise = 0.0

  @Option(help: "How many bits, before folding: 512, 1024, 2048 or 4096.")
  var bits = 1_024

  func validate() throws {
    if newKey != nil {
      guard paths.isEmpty, key == nil, output == nil, ids == nil else {
        throw ValidationError("--new-key takes the file of the key and nothing else.")
      }
      return
    }
    guard paths.count == 2 else { throw ValidationError("Name a model, and one file.") }
    guard key != nil else {
      throw ValidationError(
        "Name the file of the partners' key with --key; `kith link encode --new-key FILE` makes one."
      )
    }
    guard output != nil else {
      throw ValidationError("Name the file to send with --output, such as encoded.csv.")
    }
    try OutputFiles.requireDistinct(paths + [key, output, ids].compactMap { $0 }, from: [])
    guard (0...0.2).contains(noise) else {
      throw ValidationError("The noise is a probability from 0 to 0.2.")
    }
    guard [512, 1_024, 2_048, 4_096].contains(bits) else {
      throw ValidationError("Say how many bits: 512, 1024, 2048 or 4096.")
    }
  }

  func run() throws {
    if let newKey {
      try EncodingKey.make(in: URL(fileURLWithPath: newKey))
      print(
        "Wrote a new key to \(newKey). Give it to the partners by a way that nobody else reads, and never to whoever links."
      )
      return
    }
    guard let key, let output else { return }
    var settings = BloomEncoder.Settings()
    settings.length = bits
    settings.hardening = hardening
    settings.noise = noise
    let model = try LinkModelFile(URL(fileURLWithPath: paths[0])).model
    let encoding = FileEncoding(
      model, TableFile(URL(fileURLWithPath: paths[1])),
      try EncodingKey(in: URL(fileURLWithPath: key)), settings, salt: salt)
    let account: FileEncoding.Account
    do {
      account = try encoding.write(
        to: URL(fileURLWithPath: output), names: ids.map { URL(fileURLWithPath: $0) },
        threads: ProcessInfo.processInfo.activeProcessorCount)
    } catch let error as LinkageError {
      throw Problem(file: paths[0], error.message, hint: error.hint)
    }
    print(
      "Wrote \(account.records.formatted()) records to \(output); "
        + String(format: "%.0f%% of the bits are set.", 100 * account.fill)
    )
    for note in account.notes { print(note) }
    if account.empty > 0 {
      print("\(account.empty.formatted()) say nothing of anybody and have no encoding.")
    }
    if account.unsalted > 0 {
      print(
        "\(account.unsalted.formatted()) do not say when somebody was born and have no encoding.")
    }
    if let ids {
      print("\(ids) says which record each name is of. Keep it at home.")
    } else {
      print(
        "Without --ids nothing says which record each name is of, but this command and the key.")
    }
  }
}

extension BloomEncoder.Hardening: ExpressibleByArgument {}
extension FileEncoding.Salt: ExpressibleByArgument {}
