import ArgumentParser
import CProcess
import Definitions
import Engine
import FHIRViews
import Foundation
import Governance
import Intake
import LineFiles
import Partnership
import Places
import Site
import Synthetic

/// The command line.
@main
struct KithCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kith",
    abstract: "Population health for a place: know, agree, act, learn.",
    discussion: """
      A place is a folder. Begin with one of these:

        kith demo                                    a fictional place in your browser
        kith new my-place --open-data FOLDER --area "Lancashire and South Cumbria"
        kith run my-place                            read the data, work out the figures
        kith serve my-place                          show them in the browser
      """,
    version: version,
    subcommands: [
      New.self, Check.self, Synth.self, Run.self, Snapshots.self, Serve.self, Demo.self,
      Quality.self, Export.self, View.self, Link.self, Stats.self, SPC.self, People.self,
      VaultCommand.self, User.self, Assets.self,
      EngineCommand.self,
    ])

  /// The version, and which commit it was built from.
  private static var version: String {
    let commit = String(cString: kith_commit())
    return "\(Kith.version) (\(commit.isEmpty ? "development build" : "commit \(commit)"))"
  }

  /// Runs the command and ends with 0 for done, 1 for failed, 2 for wrong usage or invalid input.
  static func main() async {
    // What Kith writes is its owner's alone, whatever the shell says: records are about people.
    umask(0o077)
    // Names and numbers of people are in memory while a vault is open.
    let code = kith_forbid_core_dumps()
    if code != 0 {
      print(error: "Core dumps cannot be forbidden: \(String(cString: strerror(code))).")
      Foundation.exit(1)
    }
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      Foundation.exit(report(error))
    }
  }

  private static func report(_ error: any Error) -> Int32 {
    switch error {
    case let problems as Problems:
      print(error: problems.description)
      let count = problems.all.count
      print(error: "\(count) problem\(count == 1 ? "" : "s"). Nothing was changed.")
      return 2
    case let problem as Problem:
      print(error: problem.description)
      return 2
    case let error as ValidationError:
      // What a command found once it ran: the usage of all commands would be no help.
      print(error: "Error: \(error.message)")
      return 2
    case let error as GovernanceError where error.isInput:
      print(error: "\(error)")
      return 2
    case let error as PartnershipError where error.reason == .input:
      print(error: "\(error)")
      return 2
    case is ViewProblem, is FHIRInputsError:
      print(error: "\(error)")
      return 2
    case is LineFilesError, is GovernanceError, is PartnershipError, is EngineError, is StoreError,
      is SiteError,
      is SyntheticError,
      is CancellationError:
      print(error: "\(error)")
      return 1
    case let error as CocoaError:
      // Its own text is a dump of names and codes.
      let path = error.userInfo[NSFilePathErrorKey] as? String ?? error.url?.path
      print(
        error: (path.map { "\($0): " } ?? "")
          + "It cannot be read or written: \(error.localizedDescription)")
      return 1
    default: break
    }
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code == .success {
      print(text)
      return 0
    }
    if !text.isEmpty { print(error: text) }
    // ArgumentParser ends with 64 for wrong usage, where we promise 2.
    return code == .validationFailure ? 2 : code.rawValue
  }
}
