import CZlib
import CZstd
import Foundation
import TestRandom
import Testing

@testable import LineFiles

@Suite("Files of lines")
struct LineFilesTests {
  @Test(
    "The chunks of a file are its bytes, cut after line feeds, whatever the sizes and the packing",
    arguments: [Packing.plain, .gzip, .zstd], 0..<20)
  func chunksAreTheFile(packing: Packing, seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let lines = (0..<Int.random(in: 0...200, using: &random)).map { _ in
      String(repeating: "é", count: Int.random(in: 0...60, using: &random))
    }
    var text = Array(lines.joined(separator: "\n").utf8)
    if Bool.random(using: &random) { text.append(0x0A) }
    let folder = try TemporaryFolder()
    let file = try folder.write(packing.pack(text, parts: Int.random(in: 1...3, using: &random)))
    let reader = LineChunkReader(
      [file], chunkSize: Int.random(in: 16...400, using: &random), maximumLine: 1 << 20)
    var whole: [UInt8] = []
    while let chunk = try reader.next() {
      #expect(chunk.firstLine == 1 + whole.count { $0 == 0x0A })
      whole += chunk.bytes
      #expect(chunk.bytes.last == 0x0A || whole.count == text.count)
    }
    #expect(whole == text)
  }

  @Test("Work on several threads gives its results in the files' order", arguments: 1...4)
  func workIsOrdered(threads: Int) throws {
    let folder = try TemporaryFolder()
    let files = try (0..<3).map { file in
      try folder.write(Array((0..<500).map { "\(file) \($0)\n" }.joined().utf8))
    }
    let work = OrderedWork(LineChunkReader(files, chunkSize: 64), threads: threads) {
      { _, chunk in String(decoding: chunk.bytes, as: UTF8.self) }
    }
    defer { work.cancel() }
    var text = ""
    while let part = try work.next() { text += part }
    let expected = (0..<3).flatMap { file in (0..<500).map { "\(file) \($0)\n" } }.joined()
    #expect(text == expected)
  }

  @Test("Work that fails gives what came before it, then the failure, and ends")
  func workFails() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Array((0..<100).map { "\($0)\n" }.joined().utf8))
    let work = OrderedWork(LineChunkReader([file], chunkSize: 16), threads: 2) {
      { _, chunk in
        if chunk.firstLine > 50 { throw LineFilesError(file: "x", "It broke.") }
        return chunk.firstLine
      }
    }
    defer { work.cancel() }
    var last = 0
    #expect(throws: LineFilesError(file: "x", "It broke.")) {
      while let line = try work.next() { last = line }
    }
    #expect((40...50).contains(last))
  }

  @Test("A line that is too long is told with its number and size, and the next is read")
  func longLine() throws {
    let folder = try TemporaryFolder()
    let long = [UInt8](repeating: 0x61, count: 1_000)
    let file = try folder.write(Array("one\n".utf8) + long + Array("\nthree\n".utf8))
    let reader = LineChunkReader([file], chunkSize: 16, maximumLine: 100)
    var oversized: [[Int]] = []
    var kept: [String] = []
    while let chunk = try reader.next() {
      if let size = chunk.oversized {
        oversized.append([chunk.firstLine, size])
      } else {
        kept.append("\(chunk.firstLine): \(String(decoding: chunk.bytes, as: UTF8.self))")
      }
    }
    #expect(oversized == [[2, 1_000]])
    #expect(kept == ["1: one\n", "3: three\n"])
  }

  @Test(
    "Short lines between two that are too long are all read, wherever the reads end",
    arguments: 16...80)
  func linesBetweenLongOnes(chunkSize: Int) throws {
    let folder = try TemporaryFolder()
    let lines = [40, 300, 3, 0, 5, 400, 2, 90, 110, 1, 250].map {
      String(repeating: "a", count: $0)
    }
    let file = try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8))
    let reader = LineChunkReader([file], chunkSize: chunkSize, maximumLine: 100)
    var found: [Int: Int] = [:]
    while let chunk = try reader.next() {
      if let size = chunk.oversized {
        found[chunk.firstLine] = size
        continue
      }
      for (offset, line) in chunk.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        .dropLast().enumerated()
      { found[chunk.firstLine + offset] = line.count }
    }
    #expect(found.sorted { $0.key < $1.key }.map(\.value) == lines.map(\.utf8.count))
  }

  @Test(
    "A compressed file that breaks off is refused at the line that was not had",
    arguments: [Packing.gzip, .zstd])
  func brokenOff(packing: Packing) throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed: 7)
    let text = (0..<20_000).map { _ in "\(UInt64.random(in: 0...UInt64.max, using: &random))\n" }
    let packed = packing.pack(Array(text.joined().utf8), parts: 1)
    let file = try folder.write(Array(packed.prefix(packed.count / 2)))
    let reader = LineChunkReader([file])
    let error = #expect(throws: LineFilesError.self) { while try reader.next() != nil {} }
    #expect(error?.message == "The compressed file breaks off before its end.")
    #expect((1_000..<20_000).contains(error?.line ?? 0))
  }

  @Test("What is called compressed and is neither that nor text is refused; text is read")
  func misnamed() throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed: 11)
    for name in ["a.csv.zst", "a.csv.gz"] {
      let noise = try folder.write((0..<5_000).map { _ in .random(in: 0...255, using: &random) })
      let named = URL(fileURLWithPath: noise).deletingLastPathComponent()
        .appendingPathComponent(name)
      try FileManager.default.moveItem(atPath: noise, toPath: named.path)
      let error = #expect(throws: LineFilesError.self) { try LineChunkReader([named.path]).next() }
      #expect(error?.isDamage == true)
      #expect(error?.message.contains("neither that nor text") == true)
      try Data("id\n1\n".utf8).write(to: named)
      #expect(try LineChunkReader([named.path]).next() != nil)
    }
  }

  @Test("A damaged compressed file is refused", arguments: [Packing.gzip, .zstd])
  func damaged(packing: Packing) throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed: 8)
    let text = (0..<20_000).map { _ in "\(UInt64.random(in: 0...UInt64.max, using: &random))\n" }
    var packed = packing.pack(Array(text.joined().utf8), parts: 1)
    for offset in 0..<64 { packed[packed.count / 2 + offset] ^= 0x5A }
    let reader = LineChunkReader([try folder.write(packed)])
    #expect(throws: LineFilesError.self) { while try reader.next() != nil {} }
  }

  @Test("A file that is one document comes as one chunk")
  func document() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "{\n}\n", count: 100)
    let file = try folder.write(Array(text.utf8))
    let reader = LineChunkReader([file], chunkSize: 16, isDocument: { _ in true })
    let chunk = try #require(try reader.next())
    #expect(String(decoding: chunk.bytes, as: UTF8.self) == text)
    #expect(chunk.isWholeFile)
    #expect(try reader.next() == nil)
  }

  @Test("A missing file and a folder are refused by name")
  func missing() throws {
    let folder = try TemporaryFolder()
    for path in [folder.url.path + "/none", folder.url.path] {
      let reader = LineChunkReader([path])
      let error = #expect(throws: LineFilesError.self) { try reader.next() }
      #expect(error?.file == path)
    }
  }
}

/// How a test's file is packed.
enum Packing: String, CaseIterable, Sendable {
  case plain, gzip, zstd

  /// The bytes as `parts` members or frames, one after the other.
  func pack(_ bytes: [UInt8], parts: Int) -> [UInt8] {
    let size = max(1, (bytes.count + parts - 1) / parts)
    let pieces = stride(from: 0, to: max(1, bytes.count), by: size).map {
      Array(bytes[min($0, bytes.count)..<min($0 + size, bytes.count)])
    }
    switch self {
    case .plain: return bytes
    case .gzip: return pieces.flatMap(gzip)
    case .zstd:
      return pieces.flatMap { piece in
        var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(piece.count))
        let context = ZSTD_createCCtx()
        defer { ZSTD_freeCCtx(context) }
        // With a checksum, as the zstd command writes: without, some damage cannot be seen.
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        let count = ZSTD_compress2(context, &packed, packed.count, piece, piece.count)
        return Array(packed.prefix(count))
      }
    }
  }

  private func gzip(_ piece: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = piece
    var packed = [UInt8](repeating: 0, count: piece.count + 1_000)
    return input.withUnsafeMutableBufferPointer { input in
      packed.withUnsafeMutableBufferPointer { packed in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = packed.baseAddress
        stream.avail_out = UInt32(packed.count)
        deflate(&stream, Z_FINISH)
        return Array(packed.prefix(Int(stream.total_out)))
      }
    }
  }
}

/// A folder that is deleted with its last reference.
final class TemporaryFolder {
  let url: URL
  private var count = 0

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("kith-lines-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ bytes: [UInt8]) throws -> String {
    count += 1
    let file = url.appendingPathComponent("file\(count)")
    try Data(bytes).write(to: file)
    return file.path
  }
}
