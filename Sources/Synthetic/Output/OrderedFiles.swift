import Foundation

/// Writes the areas' blocks to their files in the order of the areas, whichever was ready first, so
/// that the bytes do not depend on the number of threads.
final class OrderedFiles: @unchecked Sendable {
  // Sendable because every stored variable is touched with the condition held.
  private let condition = NSCondition()
  private let folder: URL
  private let catalogue: FileCatalogue
  private var handles: [Int32] = []
  private var waiting: [Int: SealedArea] = [:]
  private var next = 0
  private var failure: SyntheticError?
  private var lines: [Int]
  private var sizes: [Int]
  private var tally: Tally
  private var defectCounts: [Defect.Kind: Int] = [:]
  private let defectFile: Int
  private let compressor = ZstdCompressor(level: Outbox.level)
  private let progress: (Int) -> Void
  /// How many areas may wait for an earlier one, so that memory stays bounded.
  private static let window = 16

  init(
    _ catalogue: FileCatalogue, in folder: URL, tally: Tally, progress: @escaping (Int) -> Void
  ) throws {
    self.catalogue = catalogue
    self.folder = folder
    self.tally = tally
    self.progress = progress
    lines = Array(repeating: 0, count: catalogue.files.count)
    sizes = lines
    defectFile = catalogue.files.count
    for path in catalogue.files.map(\.path) + ["truth/defects.csv.zst"] {
      try open(path)
    }
    for (slot, file) in catalogue.files.enumerated() {
      guard let header = file.header else { continue }
      try write(Array((header + "\n").utf8), to: slot)
      lines[slot] = 1
    }
    let header = "source,delivery,file,line,record,person,defect,field,detail\n"
    try write(Array(header.utf8), to: defectFile)
  }

  deinit { for handle in handles where handle >= 0 { close(handle) } }

  private func open(_ path: String) throws {
    let url = folder.appendingPathComponent(path)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw SyntheticPlace.unwritable(url.path)
    }
    let handle = Foundation.open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard handle >= 0 else { throw SyntheticPlace.unwritable(url.path, errno) }
    handles.append(handle)
  }

  /// Waits until the area may be begun.
  ///
  /// - Returns: false when something went wrong and nothing more is to be done.
  func mayBegin(_ area: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while area >= next + Self.window, failure == nil { condition.wait() }
    return failure == nil
  }

  /// Takes an area's blocks; writes them, and those that waited for them.
  func take(_ area: Int, _ sealed: SealedArea) {
    condition.lock()
    defer { condition.unlock() }
    waiting[area] = sealed
    guard failure == nil else { return }
    do {
      while let ready = waiting.removeValue(forKey: next) {
        try write(ready)
        next += 1
        progress(next)
      }
    } catch {
      failure = error
    }
    condition.broadcast()
  }

  private func write(_ area: SealedArea) throws(SyntheticError) {
    try write(area.defects)
    for block in area.blocks {
      try write(frame: block.frame, to: block.slot)
      lines[block.slot] += block.lines
      sizes[block.slot] += block.size
    }
    tally.add(area.tally)
  }

  private func write(_ defects: [Defect]) throws(SyntheticError) {
    guard !defects.isEmpty else { return }
    let writer = ByteWriter(capacity: 1 << 16)
    for defect in defects {
      defectCounts[defect.kind, default: 0] += 1
      let file = catalogue.files[defect.slot]
      writer.text(file.stream.place.source)
      writer.comma()
      writer.text(catalogue.deliveryNames[file.delivery])
      writer.comma()
      writer.text(file.stream.place.name)
      writer.comma()
      writer.number(lines[defect.slot] + defect.line + 1)
      writer.comma()
      writer.text(defect.record)
      writer.comma()
      writer.number(defect.person)
      writer.comma()
      writer.text(defect.kind.rawValue)
      writer.comma()
      writer.text(defect.field)
      writer.comma()
      writer.text(defect.detail)
      writer.endLine()
    }
    try write(frame: compressor.frame(writer.buffer), to: defectFile)
  }

  private func write(_ text: [UInt8], to slot: Int) throws(SyntheticError) {
    try write(frame: text.withUnsafeBytes { compressor.frame($0) }, to: slot)
  }

  private func write(frame: [UInt8], to slot: Int) throws(SyntheticError) {
    var written = 0
    while written < frame.count {
      let count = frame.withUnsafeBytes { bytes in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        return Foundation.write(handles[slot], rest.baseAddress, rest.count)
      }
      guard count >= 0 || errno == EINTR else {
        let path =
          slot < catalogue.files.count ? catalogue.files[slot].path : "truth/defects.csv.zst"
        throw SyntheticPlace.unwritable(folder.appendingPathComponent(path).path, errno)
      }
      written += max(0, count)
    }
  }

  /// What was written, once all areas are done.
  struct Summary {
    /// Lines and bytes before compression of each file of the catalogue, headers counted.
    let lines: [Int]
    let sizes: [Int]
    let tally: Tally
    let defects: [Defect.Kind: Int]
  }

  /// Closes the files.
  ///
  /// - Throws: what went wrong first.
  func finish() throws -> Summary {
    condition.lock()
    defer { condition.unlock() }
    if let failure { throw failure }
    precondition(waiting.isEmpty, "every area is written before the end")
    for slot in handles.indices {
      let path = slot < catalogue.files.count ? catalogue.files[slot].path : "truth/defects.csv.zst"
      // A file with nothing in it is a frame with nothing in it: no bytes at all are no Zstandard.
      if slot < lines.count, lines[slot] == 0 { try write([], to: slot) }
      // A full disk may show only now.
      guard fsync(handles[slot]) == 0 || errno == EINVAL, close(handles[slot]) == 0 else {
        throw SyntheticPlace.unwritable(folder.appendingPathComponent(path).path, errno)
      }
      handles[slot] = -1
    }
    return Summary(lines: lines, sizes: sizes, tally: tally, defects: defectCounts)
  }
}
