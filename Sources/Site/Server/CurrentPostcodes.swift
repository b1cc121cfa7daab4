import Decisions
import Partnership

/// The postcodes of the snapshot that is shown.
struct CurrentPostcodes: PostcodeLocator {
  let library: AtlasLibrary

  var signature: String { library.current.postcodes.signature }

  func position(of postcode: String) -> Position? {
    library.current.postcodes.position(of: postcode)
  }
}
