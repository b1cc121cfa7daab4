import Foundation
import TestPlaces
import Testing

@Suite("The README")
struct ReadmeTests {
  /// The lines of the README's code that run Kith, those that are continued joined.
  private static let commands: [[String]] = {
    let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("README.md")
    guard let text = try? String(contentsOf: readme, encoding: .utf8) else { return [] }
    return text.replacing("\\\n", with: " ").split(separator: "\n")
      .filter { $0.hasPrefix(".build/release/kith ") }
      .map { line in
        line.prefix { $0 != "#" }.split(separator: " ").dropFirst().map(String.init)
      }
  }()

  @Test("Its commands on sample files work as they are printed")
  func samples() throws {
    let root = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("docs"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: root.appendingPathComponent("docs/samples"),
      to: folder.appendingPathComponent("docs/samples"))
    let program = Program(in: folder)
    let own = Self.commands.filter { $0.contains { $0.hasPrefix("docs/samples/") } }
    #expect(Set(own.map { $0[0] }) == ["link", "stats", "spc"])
    for command in own {
      let outcome = try program.run(command)
      #expect(outcome.code == 0, "\(command): \(outcome.errors)")
      #expect(!outcome.output.isEmpty)
    }
    #expect(program.text("chart.svg")?.hasPrefix("<svg") == true)
  }

  @Test("Every command that it names is one, and has its options")
  func help() throws {
    let program = Program(in: try TestPlaces.emptyFolder())
    defer { try? FileManager.default.removeItem(at: program.folder) }
    #expect(Self.commands.count > 10)
    for command in Self.commands {
      let name =
        command[0] == "stats" || command[0] == "user" || command[0] == "assets"
        ? Array(command[..<2]) : [command[0]]
      let outcome = try program.run(name + ["--help"])
      #expect(outcome.code == 0, "\(command)")
      for option in command where option.hasPrefix("--") {
        #expect(outcome.output.contains(option), "\(name) has no \(option)")
      }
    }
  }
}
