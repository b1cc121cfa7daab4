import Engine
import Foundation
import Testing

@Suite("Drivers are found where the design says, or the error says where they were looked for")
struct DriverSearchTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-drivers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test("The environment variable comes before everything else")
  func variable() throws {
    let file = try folder().appendingPathComponent("libduckdb.so")
    try Data().write(to: file)
    let search = DriverSearch(environment: ["KITH_DUCKDB_LIBRARY": file.path], roots: [])
    #expect(try search.locate(.duckdb).path == file.path)
    #expect(try search.locate(.duckdb).foundBy == "KITH_DUCKDB_LIBRARY")
  }

  @Test(
    "A driver manifest names the library, for all platforms or for this one",
    arguments: [
      "manifest_version = 1\n[Driver]\nshared = \"LIB\"\n",
      "[Driver.shared]\nlinux_amd64 = 'LIB'\nlinux_arm64 = 'LIB'\nmacos_arm64 = 'LIB'\n",
    ])
  func manifest(_ text: String) throws {
    let folder = try folder()
    let library = folder.appendingPathComponent("lib.so")
    try Data().write(to: library)
    try text.replacingOccurrences(of: "LIB", with: library.path)
      .write(to: folder.appendingPathComponent("duckdb.toml"), atomically: true, encoding: .utf8)
    let search = DriverSearch(
      environment: ["ADBC_DRIVER_PATH": folder.path, "HOME": folder.path], roots: [])
    let found = try search.locate(.duckdb)
    #expect(found.path == library.path)
    #expect(found.foundBy.contains("manifest"))
  }

  @Test(".engines beside the program comes last")
  func engines() throws {
    let root = try folder()
    let place = root.appendingPathComponent(".engines/duckdb")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let library = place.appendingPathComponent("_duckdb.cpython-311-x86_64-linux-gnu.so")
    try Data().write(to: library)
    let search = DriverSearch(environment: ["HOME": root.path], roots: [root])
    #expect(try search.locate(.duckdb).path == library.path)
    #expect(try search.locate(.duckdb).foundBy == "make setup")
  }

  @Test("Where there is none, the error lists the places and how to mend it")
  func missing() throws {
    let root = try folder()
    let search = DriverSearch(environment: ["HOME": root.path], roots: [root])
    let error = #expect(throws: EngineError.self) { try search.locate(.spark) }
    #expect(error?.kind == .driverMissing)
    let text = error?.description ?? ""
    #expect(text.contains("/.engines/spark/"))
    #expect(text.contains("make setup-spark"))
    #expect(text.contains("KITH_SPARK_LIBRARY"))
  }

  @Test("A file that is no library is refused with its path")
  func notALibrary() throws {
    let file = try folder().appendingPathComponent("libduckdb.so")
    try Data("not a library".utf8).write(to: file)
    let search = DriverSearch(environment: ["KITH_DUCKDB_LIBRARY": file.path], roots: [])
    let error = #expect(throws: EngineError.self) {
      try Engine.duckDB(search: search)
    }
    #expect(error?.kind == .driverUnusable)
    #expect(error?.description.contains(file.path) == true)
  }
}
