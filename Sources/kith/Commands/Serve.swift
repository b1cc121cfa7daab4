import ArgumentParser
import Definitions
import Foundation
import Hummingbird
import Logging
import NIOCore
import Places
import Site

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a place in the browser.",
    discussion: """
      Listens on this machine only; other addresses are refused until permissions are finer. Partners sign in \
      with accounts that `kith user` makes. A new snapshot is \
      shown as soon as `kith run` has published it. Stop with Control-C. Examples:

        kith serve my-place
        kith serve my-place --port 8090
      """)

  @OptionGroup var place: PlaceArgument

  @Option(help: "The port to listen on; 0 for any that is free.")
  var port = 8080

  @Option(help: "The address to listen on; only this machine's own, 127.0.0.1.")
  var host = "127.0.0.1"

  func validate() throws {
    guard ["127.0.0.1", "localhost"].contains(host) else {
      throw ValidationError(
        "'\(host)' is refused: permissions are not fine enough yet, so pages are served to this machine only. "
          + "Leave --host out.")
    }
    guard (0...65_535).contains(port) else {
      throw ValidationError("\(port) is not a port. Give a number from 1 to 65535, or 0.")
    }
  }

  func run() async throws {
    _ = try PlaceFile(inPlace: place.url)
    try await PlaceServer.serve(place.url, port: port, opensBrowser: false)
  }
}

/// Serves a place until it is told to stop.
enum PlaceServer {
  static func serve(
    _ place: URL, port: Int, opensBrowser: Bool, offersPersonas: Bool = false
  ) async throws {
    var logger = Logger(label: "kith")
    logger.logLevel = .warning
    let store = PlaceStore(place: place)
    let server = SiteServer(
      store: store, port: port, logger: logger, offersPersonas: offersPersonas)
    let name = try store.currentManifest().place.name
    do {
      let application = try await server.application { port in
        let address = "http://127.0.0.1:\(port)/"
        // Written at once, past the buffer that a pipe would be given.
        let line = "\(name) is at \(address)   (Control-C stops it)\n"
        FileHandle.standardOutput.write(Data(line.printable.utf8))
        if opensBrowser { Browser.open(address) }
      }
      try await application.runService()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw Problem(
        file: "port \(port)", "Another program is listening there.",
        hint: "Choose another with --port.")
    }
  }
}

/// Opens an address in the person's browser, where there is one to open.
enum Browser {
  static func open(_ address: String) {
    #if os(macOS)
      let program = "/usr/bin/open"
    #else
      let program = "/usr/bin/xdg-open"
      guard
        ProcessInfo.processInfo.environment["DISPLAY"] != nil
          || ProcessInfo.processInfo.environment["WAYLAND_DISPLAY"] != nil
      else { return }
    #endif
    guard FileManager.default.isExecutableFile(atPath: program) else { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [address]
    do {
      try process.run()
    } catch {
      print(error: "The browser could not be opened; go to \(address) yourself.")
    }
  }
}
