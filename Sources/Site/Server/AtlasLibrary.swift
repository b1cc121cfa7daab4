import Charts
import Decisions
import Definitions
import Indicators
import Intake
import Logging
import Places
import Synchronization

/// The snapshot that is shown: read when the server starts, and read anew when the place has
/// switched to another.
final class AtlasLibrary: Sendable {
  /// A snapshot with what is worked out from it once.
  struct Edition: Sendable {
    let atlas: Atlas
    let search: UnitSearch
    /// What the data are used for, and the rules that they are checked by.
    let uses: [DataUse]
    let rules: RulePolicies
    /// Where postcodes are.
    let postcodes: PlacePostcodes
    /// Tells editions apart, over restarts too: definitions may have changed with the same snapshot.
    let tag: String

    /// Reads the snapshot in use, and the place's definitions.
    init(of store: PlaceStore) async throws {
      atlas = try await Atlas.current(of: store)
      search = UnitSearch(atlas)
      uses = try DataUse.all(definitions: store.definitions)
      rules = try MappingCatalogue(definitions: store.definitions).policies()
      postcodes = try PlacePostcodes(atlas, PlaceFile(inPlace: store.place).postcodes)
      tag = "\"\(atlas.manifest.id)-\(String(UInt32.random(in: 0 ... .max), radix: 16))\""
    }

    var quality: DataQuality { atlas.quality }

    /// What stands out, looked for when it is first asked for.
    var findings: [Finding] { standing { StandingOut(atlas).findings() } }
    private let standing = Once<[Finding]>()

    /// All of the place's land, measured when it is first asked for; nil where it has no outlines.
    var land: Choropleth.Window? { measured { RecordMapPage.whole(atlas) } }
    private let measured = Once<Choropleth.Window?>()
  }

  /// Keeps what was worked out once.
  private final class Once<Value: Sendable>: Sendable {
    private let kept = Mutex<Value?>(nil)

    func callAsFunction(_ make: () -> Value) -> Value {
      kept.withLock { kept in
        if let kept { return kept }
        let made = make()
        kept = made
        return made
      }
    }
  }

  private struct State {
    var edition: Edition
    var checked: ContinuousClock.Instant
    var isReading = false
  }

  private let store: PlaceStore
  private let state: Mutex<State>
  private let logger: Logger

  init(store: PlaceStore, logger: Logger) async throws {
    self.store = store
    self.logger = logger
    let edition = try await Edition(of: store)
    state = Mutex(State(edition: edition, checked: .now))
  }

  /// The edition to answer a request from. Once a second it looks whether there is a newer snapshot,
  /// which is then read beside the requests, and shown when it is ready.
  var current: Edition {
    let (edition, isDue) = state.withLock { state -> (Edition, Bool) in
      let isDue = !state.isReading && state.checked.duration(to: .now) > .seconds(1)
      if isDue { state.isReading = true }
      return (state.edition, isDue)
    }
    if isDue { Task { await lookForNewer(than: edition.atlas.manifest.id) } }
    return edition
  }

  private func lookForNewer(than id: String) async {
    var newer: Edition?
    do {
      if let current = try store.currentID(), current != id {
        newer = try await Edition(of: store)
        logger.info("Now showing snapshot \(current).")
      }
    } catch {
      // The old snapshot goes on being shown; the next look tries again.
      logger.error("The snapshot in use cannot be read: \(error)")
    }
    state.withLock { state in
      if let newer { state.edition = newer }
      state.checked = .now
      state.isReading = false
    }
  }
}
