import Foundation
import Testing

@testable import Partnership

@Suite("Photographs")
struct PhotographTests {
  /// A picture of 16 by 8 pixels that says that it lies on its side, which telephone took it, and where.
  private static let picture = Data(
    base64Encoded: """
      /9j/4AAQSkZJRgABAQAAAQABAAD/4QCuRXhpZgAATU0AKgAAAAgAAwEPAAIAAAAOAAAAMgESAAMAAAABAAYAAIglAAQAAAAB
      AAAAQAAAAABNYWRlLXVwIHBob25lAAAEAAEAAgAAAAJOAAAAAAIABQAAAAMAAAB2AAMAAgAAAAJXAAAAAAQABQAAAAMAAACO
      AAAAAAAAADYAAAABAAAAAgAAAAEAAAADAAAAAQAAAAIAAAABAAAAMgAAAAEAAAABAAAAAf/bAEMAGxIUFxQRGxcWFx4cGyAo
      QisoJSUoUTo9MEJgVWVkX1VdW2p4mYFqcZBzW12FtYaQnqOrratngLzJuqbHmairpP/bAEMBHB4eKCMoTisrTqRuXW6kpKSk
      pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpP/AABEIAAgAEAMBIgACEQEDEQH/xAAfAAAB
      BQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgv/xAC1EAACAQMDAgQDBQUEBAAAAX0BAgMABBEFEiExQQYTUWEHInEUMoGRoQgj
      QrHBFVLR8CQzYnKCCQoWFxgZGiUmJygpKjQ1Njc4OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoOEhYaHiImK
      kpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4eLj5OXm5+jp6vHy8/T19vf4+fr/xAAfAQAD
      AQEBAQEBAQEBAAAAAAAAAQIDBAUGBwgJCgv/xAC1EQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGh
      scEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeI
      iYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fr/2gAMAwEA
      AhEDEQA/AK1FFFch6p//2Q==
      """, options: .ignoreUnknownCharacters)

  /// Width and height, as a JPEG's frame header has them (ITU-T T.81, B.2.2).
  private static func size(_ data: Data) -> [Int]? {
    var place = 2
    let bytes = [UInt8](data)
    while place + 9 < bytes.count, bytes[place] == 0xFF {
      if (0xC0...0xC2).contains(bytes[place + 1]) {
        return [
          Int(bytes[place + 7]) << 8 | Int(bytes[place + 8]),
          Int(bytes[place + 5]) << 8 | Int(bytes[place + 6]),
        ]
      }
      place += 2 + (Int(bytes[place + 2]) << 8 | Int(bytes[place + 3]))
    }
    return nil
  }

  @Test("A photograph is turned upright and says nothing of where or with what it was taken")
  func made() throws {
    let test = try TestPartnership()
    let partnership = test.partnership
    let asset = try test.asset("Garden")
    let picture = try #require(Self.picture)
    #expect(picture.range(of: Data("Made-up phone".utf8)) != nil)
    #expect(Self.size(picture) == [16, 8])
    try partnership.addPhotograph(
      picture, to: asset, shows: "Beans", credit: nil, areAgreed: true, by: test.partner)
    let photograph = try #require(
      partnership.photographs(of: partnership.record(asset, for: .anybody)).first)
    #expect(photograph.shows == "Beans")
    let kept = try Data(contentsOf: #require(try partnership.photograph(photograph.file)))
    #expect(Self.size(kept) == [8, 16])
    #expect(kept.range(of: Data("Made-up phone".utf8)) == nil)
    #expect(kept.range(of: Data("Exif".utf8)) == nil)
    // The same picture again is the same photograph.
    try partnership.addPhotograph(
      picture, to: asset, shows: "Beans, in July", credit: "A gardener", areAgreed: true,
      by: test.partner)
    #expect(
      partnership.photographs(of: try partnership.record(asset, for: .anybody)).map(\.shows)
        == ["Beans, in July"])
  }

  @Test("What is taken out is gone for good; while another asset shows it, it stays")
  func removed() throws {
    let test = try TestPartnership()
    let partnership = test.partnership
    let (one, other) = (try test.asset("Garden"), try test.asset("Allotment"))
    let picture = try #require(Self.picture)
    for asset in [one, other] {
      try partnership.addPhotograph(
        picture, to: asset, shows: "Beans", credit: nil, areAgreed: true, by: test.partner)
    }
    let file = try #require(
      partnership.photographs(of: partnership.record(one, for: .anybody)).first?.file)
    try partnership.removePhotograph(file, from: one, by: test.partner)
    #expect(try partnership.photograph(file) != nil)
    // What is archived is not shown to anybody either, until it is brought back.
    try partnership.setArchived(true, other, by: test.partner)
    #expect(try partnership.photograph(file) == nil)
    #expect(partnership.photographs(of: try partnership.record(other, for: test.partner)) == [])
    try partnership.setArchived(false, other, by: test.partner)
    #expect(try partnership.photograph(file) != nil)
    try partnership.removePhotograph(file, from: other, by: test.partner)
    #expect(try partnership.photograph(file) == nil)
    let last = try #require(try partnership.history(of: other, for: test.partner).first)
    #expect(!last.batch.isOpen)
    #expect {
      try partnership.undo(last.batch.number, by: test.partner)
    } throws: { "\($0)".contains("stays out") }
    #expect(partnership.photographs(of: try partnership.record(other, for: .anybody)).isEmpty)
    #expect(try partnership.photograph("../accounts.sqlite") == nil)
  }

  @Test("A photograph whose adding was undone is shown to nobody, and swept away")
  func undone() throws {
    let test = try TestPartnership()
    let asset = try test.asset("Garden")
    try test.partnership.addPhotograph(
      #require(Self.picture), to: asset, shows: "Beans", credit: nil, areAgreed: true,
      by: test.partner)
    let file = try #require(
      test.partnership.photographs(of: test.partnership.record(asset, for: .anybody)).first?.file)
    let last = try #require(try test.partnership.history(of: asset, for: test.partner).first)
    _ = try test.partnership.undo(last.batch.number, by: test.partner)
    #expect(try test.partnership.photograph(file) == nil)
    let folder = test.folder.appendingPathComponent("photographs")
    try test.partnership.sweepPhotographs()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [file])
    // An hour later nobody can be at work on it any more.
    try FileManager.default.setAttributes(
      [.modificationDate: Date().addingTimeInterval(-4_000)],
      ofItemAtPath: folder.appendingPathComponent(file).path)
    try test.partnership.sweepPhotographs()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test("What is no picture, says nothing or was not agreed to is refused, and nothing is left")
  func refused() throws {
    let test = try TestPartnership()
    let asset = try test.asset("Garden")
    let picture = try #require(Self.picture)
    for (data, shows, areAgreed) in [
      (Data("<svg onload='x()'/>".utf8), "Beans", true), (picture, nil, true),
      (picture, "Beans", false), (picture.prefix(60), "Beans", true),
      (Data([0xFF, 0xD8, 0xFF]) + Data(count: 16_000_000), "Beans", true),
    ] as [(Data, String?, Bool)] {
      #expect(throws: PartnershipError.self) {
        try test.partnership.addPhotograph(
          data, to: asset, shows: shows, credit: nil, areAgreed: areAgreed, by: test.partner)
      }
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.addPhotograph(
        picture, to: asset, shows: "Beans", credit: nil, areAgreed: true, by: test.other)
    }
    let folder = test.folder.appendingPathComponent("photographs")
    if FileManager.default.fileExists(atPath: folder.path) {
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}
