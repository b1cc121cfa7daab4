// swift-tools-version: 6.2
import PackageDescription

// A package that is not Kith's: each target depends on one of its libraries alone (Linkage with Columns), and does one
// real thing.
// `swift run --package-path Examples StatisticsExample`; Scripts/test.sh builds and runs them all.
let libraries = [
  "Charts", "Codes", "Columns", "Disclosure", "Engine", "FHIRViews", "Statistics",
]

let package = Package(
  name: "kith-examples",
  dependencies: [.package(name: "kith", path: "..")],
  targets: libraries.map { library in
    .executableTarget(
      name: "\(library)Example", dependencies: [.product(name: library, package: "kith")],
      path: library)
  } + [
    // Records come as batches of columns.
    .executableTarget(
      name: "LinkageExample",
      dependencies: [
        .product(name: "Columns", package: "kith"), .product(name: "Linkage", package: "kith"),
      ], path: "Linkage")
  ]
)
