import Crypto
import Foundation

/// Photographs as files beside the partnership: made anew from what was sent, so that nothing but the picture is kept.
///
/// A telephone writes into a photograph where and when it was taken. Each is turned upright, made no larger than a
/// screen, and written again without any of that by `vipsthumbnail` of libvips: a process of its own, with little time
/// and memory, for a picture from a stranger may be made to break its reader.
struct PhotographStore {
  let folder: URL

  /// The most that is taken of one, in bytes.
  static let mostBytes = 15_000_000
  /// The longest side that is kept, in pixels.
  static let longestSide = 1_600

  /// How many are made anew at once.
  private static let turns = DispatchSemaphore(value: 2)

  /// Keeps a photograph, and returns the name of its file.
  ///
  /// - Throws: ``PartnershipError`` for what is no photograph, or where libvips is not there.
  func keep(_ data: Data) throws -> String {
    guard data.count <= Self.mostBytes else {
      throw Self.refused(
        "The photograph is larger than \(Self.mostBytes / 1_000_000) MB.",
        hint: "Make it smaller, or take it with fewer pixels.")
    }
    guard Self.isPicture(data) else {
      throw Self.refused(
        "The file is no JPEG, PNG or WebP picture.",
        hint: "Save it as one of these and send it again.")
    }
    let program = try Self.program()
    let files = FileManager.default
    let work = folder.appendingPathComponent(".\(UUID().uuidString)")
    try files.createDirectory(
      at: work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? files.removeItem(at: work) }
    let incoming = work.appendingPathComponent("incoming")
    let written = work.appendingPathComponent("written.jpg")
    try data.write(to: incoming)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "ulimit -v 2000000; ulimit -t 30; exec \"$@\"", "sh", program, incoming.path,
      // Colours of a telephone's own profile become those of any screen.
      "--export-profile", "srgb",
      "--size", "\(Self.longestSide)x\(Self.longestSide)>", "--output",
      "\(written.path)[Q=82,strip,background=255]",
    ]
    // Only the readers that libvips trusts with what strangers send.
    process.environment = [
      "PATH": "/usr/bin:/bin", "VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // Each may take much memory.
    Self.turns.wait()
    defer { Self.turns.signal() }
    try process.run()
    process.waitUntilExit()
    let refused = Self.refused(
      "The picture could not be read: it is damaged, or far too large.",
      hint: "Open it on your own machine, save it again and send that.")
    guard process.terminationStatus == 0 else { throw refused }
    let picture = try Data(contentsOf: written)
    guard !picture.isEmpty else { throw refused }
    let name =
      SHA256.hash(data: picture).map { byte in
        let digits = String(byte, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
      }.joined() + ".jpg"
    let file = folder.appendingPathComponent(name)
    if !files.fileExists(atPath: file.path) { try files.moveItem(at: written, to: file) }
    return name
  }

  /// Where the file of a photograph is; nil for what is no such name, or is not there.
  func file(_ name: String) -> URL? {
    guard name.wholeMatch(of: /[0-9a-f]{64}\.jpg/) != nil else { return nil }
    let file = folder.appendingPathComponent(name)
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }

  /// Deletes a photograph for good.
  func delete(_ name: String) throws {
    if let file = file(name) { try FileManager.default.removeItem(at: file) }
  }

  /// Whether bytes begin as a JPEG, PNG or WebP file does.
  private static func isPicture(_ data: Data) -> Bool {
    data.starts(with: [0xFF, 0xD8, 0xFF])
      || data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
      || data.starts(with: Data("RIFF".utf8)) && data.dropFirst(8).starts(with: Data("WEBP".utf8))
  }

  private static func program() throws -> String {
    let found = ["/usr/bin/vipsthumbnail", "/usr/local/bin/vipsthumbnail"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let found else {
      throw refused(
        "Photographs cannot be taken in here: vipsthumbnail is not installed.",
        hint: "Whoever looks after Kith can install the Debian package libvips-tools.")
    }
    return found
  }

  private static func refused(_ words: String, hint: String) -> PartnershipError {
    PartnershipError(.invalid([FieldProblem("photo", words)]), words, hint: hint)
  }
}
