import Decisions
import Foundation
import Governance
public import Hummingbird
import HummingbirdCore
import Indicators
public import Logging
import NIOCore
import Partnership
public import Places

/// Serves a place in the browser.
public struct SiteServer: Sendable {
  public let store: PlaceStore
  public let port: Int
  public let logger: Logger
  /// Whether the personas of a fictional place can be taken, by whoever is at this machine.
  public let offersPersonas: Bool
  /// How long a connection may be silent, in seconds.
  public var patience = 30

  /// - Parameter port: where to listen, on the loopback address only; 0 for any free port.
  public init(store: PlaceStore, port: Int, logger: Logger, offersPersonas: Bool = false) {
    self.store = store
    self.port = port
    self.logger = logger
    self.offersPersonas = offersPersonas
  }

  /// Reads the snapshot in use and makes the application that serves it.
  ///
  /// - Parameter onReady: is told the port once requests are taken.
  public func application(
    onReady: @escaping @Sendable (Int) async -> Void = { _ in }
  ) async throws -> some ApplicationProtocol {
    async let assets = Assets()
    async let templates = try TemplateLibrary()
    let library = try await AtlasLibrary(store: store, logger: logger)
    try store.makeRoot()
    let partnership = try Partnership(
      at: store.partnership, locator: CurrentPostcodes(library: library))
    let atlas = library.current.atlas
    try PlacePoints(atlas).refresh(in: partnership, snapshot: atlas.manifest.id)
    try FunctionCatalogue().refresh(in: partnership)
    let reception = Reception(
      accounts: try AccountStore(at: store.accounts), partnership: partnership,
      offersPersonas: offersPersonas)
    let routes = SiteRoutes(
      library: library, templates: try await templates, assets: try await assets,
      store: partnership, reception: reception, logger: logger)
    let connections = max(64, Descriptors.raise() - Descriptors.reserve)
    let patience = TimeAmount.seconds(Int64(patience))
    return Application(
      router: routes.router(),
      server: .http1(
        configuration: .init(additionalChannelHandlers: [ConnectionPatience(patience)])),
      configuration: .init(
        address: .hostname("127.0.0.1", port: port), serverName: "Kith",
        availableConnectionsDelegate: .maximum(connections, logger: logger)),
      onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) },
      logger: logger)
  }
}
