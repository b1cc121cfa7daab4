import Foundation
import TestFiles
import TestPlaces
import Testing

/// What `--help` says of every command, as it is stored.
@Suite("Help")
struct HelpTests {
  /// The part of the program's description of itself that is needed to find its commands.
  private struct Dump: Decodable {
    struct Command: Decodable {
      let commandName: String
      let subcommands: [Command]?
    }
    let command: Command
  }

  private func paths(_ command: Dump.Command, _ path: [String] = []) -> [[String]] {
    [path] + (command.subcommands ?? []).flatMap { paths($0, path + [$0.commandName]) }
  }

  @Test("The help of every command is the one stored, and has an example where it takes files")
  func help() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = Program(in: folder)
    let dump = try program.run(["--experimental-dump-help"])
    let root = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
    var text = ""
    for path in paths(root) where path.first != "help" {
      let outcome = try program.run(path + ["--help"])
      #expect(outcome.code == 0, "\(path)")
      text += "=== kith \(path.joined(separator: " "))\n\(outcome.output)\n"
    }
    #expect(try StoredFile("help.txt").difference(from: text) == nil)
  }
}
