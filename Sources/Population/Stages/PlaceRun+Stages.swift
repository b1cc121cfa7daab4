public import Engine
public import Foundation
import Indicators
public import Places

extension PlaceRun {
  /// A run of all stages of a place: a further one is a file with its ``Stage`` and a line here.
  ///
  /// - Parameters:
  ///   - place: the place folder.
  ///   - isForced: makes a new snapshot even where nothing has changed, from the files.
  ///   - search: where the engine's driver is looked for.
  ///   - progress: gets what the run is at, on threads of its own.
  public init(
    place: URL, isForced: Bool = false, search: DriverSearch = DriverSearch(),
    progress: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) {
    self.init(place: place, isForced: isForced, search: search, progress: progress) { run in
      [
        OpenDataStage(),
        AreaStage(),
        SuccessionStage(),
        FigureStage(),
        LinkStage(),
        QualityStage(),
        try IndicatorStage(run),
      ]
    }
  }
}
