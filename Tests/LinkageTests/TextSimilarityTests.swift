import Foundation
import Testing

@testable import Linkage

/// Figures of other implementations, made by `Tests/Oracles/linkage/make.py`.
private func oracle<Row: Decodable>(_ name: String, of _: Row.Type) throws -> [Row] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Oracles/linkage")
  let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  return try text.split(separator: "\n").map {
    try JSONDecoder().decode(Row.self, from: Data($0.utf8))
  }
}

@Suite("Similarities of texts are those of the reference implementations")
struct TextSimilarityTests {
  private struct Distances: Decodable {
    let a: String
    let b: String
    let jaro: Double
    let jaro_winkler: Double
    let levenshtein: Int
    let damerau: Int
    let jaccard: Double
  }

  @Test("Random Unicode texts, short and long, are as far apart as RapidFuzz says")
  func rapidFuzz() throws {
    let rows = try oracle("distances.jsonl", of: Distances.self)
    #expect(rows.count > 2_500)
    for row in rows {
      let label = Comment(rawValue: "'\(row.a)' and '\(row.b)'")
      #expect(abs(TextSimilarity.jaro(row.a, row.b) - row.jaro) < 1e-12, label)
      #expect(abs(TextSimilarity.jaroWinkler(row.a, row.b) - row.jaro_winkler) < 1e-12, label)
      #expect(TextSimilarity.levenshtein(row.a, row.b) == row.levenshtein, label)
      #expect(TextSimilarity.damerau(row.a, row.b) == row.damerau, label)
      #expect(abs(TextSimilarity.jaccard(row.a, row.b) - row.jaccard) < 1e-12, label)
    }
  }

  @Test("The fast kernels agree with the plain ones on random texts")
  func plain() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(seed)
    for _ in 0..<20_000 {
      let letters = [2, 5, 26][Int(random.next() % 3)]
      func text() -> [UInt8] {
        (0..<Int(random.next() % [9, 17, 70][Int(random.next() % 3)])).map { _ in
          65 + UInt8(random.next() % UInt64(letters))
        }
      }
      let (a, b) = (text(), text())
      let (x, y) = (String(decoding: a, as: UTF8.self), String(decoding: b, as: UTF8.self))
      let label = Comment(rawValue: "seed \(seed): \(x), \(y)")
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          #expect(TextSimilarity.jaro(x, y) == Jaro.similarity(a, b), label)
          #expect(TextSimilarity.levenshtein(x, y) == EditDistance.levenshtein(a, b), label)
          #expect(TextSimilarity.damerau(x, y) == EditDistance.damerau(a, b), label)
        }
      }
    }
  }

  private struct Sounds: Decodable {
    let name: String
    let soundex: String
    let main: String
    let other: String
  }

  @Test("Names sound as jellyfish and doublemetaphone say")
  func sounds() throws {
    let rows = try oracle("phonetics.jsonl", of: Sounds.self)
    #expect(rows.count > 1_200)
    for row in rows {
      #expect(Soundex.code(row.name) == row.soundex, "\(row.name)")
      let codes = DoubleMetaphone.codes(row.name)
      #expect(codes.main == row.main, "\(row.name)")
      #expect(codes.other == row.other, "\(row.name)")
    }
  }
}
