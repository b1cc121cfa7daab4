// swift-tools-version: 6.2
import PackageDescription

/// Language features that every target of ours is written with.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// The commit of a release, which `make dist` names; other builds say that they are none.
let commit: [CSetting] =
  Context.environment["KITH_COMMIT"].map { [.define("KITH_COMMIT", to: "\"\($0)\"")] } ?? []

let package = Package(
  name: "kith",
  products: [
    .executable(name: "kith", targets: ["kith"])
  ]
    // Each usable by itself: Examples/ has a program for each.
    + [
      "Charts", "Codes", "Columns", "Disclosure", "Engine", "FHIRViews", "Linkage", "Statistics",
    ].map { .library(name: $0, targets: [$0]) },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .target(name: "CADBC"),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CProcess", cSettings: commit),
    .target(name: "CScan"),
    .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "Codes", swiftSettings: house),
    .target(name: "Columns", dependencies: ["CADBC"], swiftSettings: house),
    .target(name: "LineFiles", dependencies: ["CZlib", "CZstd"], swiftSettings: house),
    .target(
      name: "FHIRViews", dependencies: ["CADBC", "CSimdJSON", "Codes", "Columns", "LineFiles"],
      swiftSettings: house),
    .target(name: "Disclosure", swiftSettings: house),
    .target(name: "Engine", dependencies: ["CADBC", "Columns"], swiftSettings: house),
    .target(name: "Statistics", swiftSettings: house),
    .target(
      name: "Linkage", dependencies: ["Codes", "Columns", "Statistics"],
      resources: [.embedInCode("Resources/nicknames.txt")], swiftSettings: house),
    .target(name: "Charts", dependencies: ["Statistics"], swiftSettings: house),
    .target(
      name: "Definitions", dependencies: ["CProcess", .product(name: "Yams", package: "Yams")],
      swiftSettings: house),
    .target(
      name: "Governance",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: house),
    .target(
      name: "Intake",
      dependencies: [
        "CScan", "Codes", "Columns", "Definitions", "Engine", "FHIRViews", "Governance",
        "LineFiles", .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: [.copy("Resources/intake"), .copy("Resources/packs")], swiftSettings: house),
    .target(
      name: "TableFiles", dependencies: ["Codes", "Columns", "Definitions", "Engine", "LineFiles"],
      swiftSettings: house),
    .target(
      name: "Places",
      dependencies: [
        "Columns", "Definitions", "Engine", "Governance", "Intake",
        .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: house),
    .target(
      name: "Indicators",
      dependencies: [
        "Codes", "Columns", "Definitions", "Disclosure", "Engine", "Intake", "Linkage", "Places",
        "Statistics", "TableFiles", .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: [.copy("Resources/indicators")], swiftSettings: house),
    .target(
      name: "Population",
      dependencies: [
        "Columns", "Definitions", "Engine", "Governance", "Indicators", "Intake", "Linkage",
        "Places", "TableFiles", .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: house),
    .target(
      name: "FileTools",
      dependencies: [
        "Codes", "Columns", "Definitions", "Engine", "Governance", "Linkage", "Statistics",
        "TableFiles",
      ], swiftSettings: house),
    .target(
      name: "Partnership",
      dependencies: [
        "Codes", "Columns", "Definitions", "Governance", "Linkage", "Statistics",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      resources: [
        .copy("Resources/assessments.yaml"), .copy("Resources/functions.yaml"),
      ], swiftSettings: house),
    .target(
      name: "Decisions",
      dependencies: ["Definitions", "Indicators", "Intake", "Partnership", "Places", "Statistics"],
      swiftSettings: house),
    .target(
      name: "Synthetic", dependencies: ["CZstd", "Columns", "Definitions", "Engine"],
      resources: [
        .copy("Resources/names.yaml"), .copy("Resources/open-data.yaml"),
        .copy("Resources/parameters.yaml"), .copy("Resources/partnership.yaml"),
      ], swiftSettings: house),
    .target(
      name: "Site",
      dependencies: [
        "Charts", "Decisions", "Definitions", "Disclosure", "FileTools", "Governance", "Indicators",
        "Intake", "Linkage", "Partnership", "Places", "Statistics", "TableFiles",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.copy("Resources/Templates"), .copy("Resources/Styles")],
      swiftSettings: house),
    .executableTarget(
      name: "kith",
      dependencies: [
        "CProcess", "Charts", "Columns", "Decisions", "Definitions", "Engine", "FHIRViews",
        "FileTools",
        "Governance", "Indicators", "Intake", "LineFiles", "Linkage", "Partnership", "Places",
        "Population", "Site", "Statistics", "Synthetic", "TableFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: house),
    .target(
      name: "TestPlaces",
      dependencies: ["Definitions", "Intake", "Places", "Population", "Synthetic"],
      path: "Tests/TestPlaces", swiftSettings: house),
    .target(name: "TestFiles", path: "Tests/TestFiles", swiftSettings: house),
    .target(name: "TestRandom", path: "Tests/TestRandom", swiftSettings: house),
    .testTarget(name: "CodesTests", dependencies: ["Codes", "TestRandom"], swiftSettings: house),
    .testTarget(
      name: "ColumnsTests", dependencies: ["CADBC", "Columns", "TestRandom"], swiftSettings: house),
    .testTarget(
      name: "LineFilesTests", dependencies: ["CZlib", "CZstd", "LineFiles", "TestRandom"],
      swiftSettings: house),
    .testTarget(
      name: "FHIRViewsTests", dependencies: ["Columns", "FHIRViews", "LineFiles", "TestRandom"],
      swiftSettings: house),
    .testTarget(
      name: "DisclosureTests", dependencies: ["Disclosure", "TestRandom"], swiftSettings: house),
    .testTarget(name: "EngineTests", dependencies: ["Columns", "Engine"], swiftSettings: house),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics"], swiftSettings: house),
    .testTarget(
      name: "LinkageTests", dependencies: ["Codes", "Columns", "Linkage"], swiftSettings: house),
    .testTarget(
      name: "ChartsTests", dependencies: ["Charts", "TestFiles"], exclude: ["Stored"],
      swiftSettings: house),
    .testTarget(name: "DefinitionsTests", dependencies: ["Definitions"], swiftSettings: house),
    .testTarget(
      name: "GovernanceTests",
      dependencies: ["Governance", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: house),
    .testTarget(
      name: "IntakeTests",
      dependencies: [
        "Columns", "Definitions", "Engine", "FHIRViews", "Governance", "Indicators", "Intake",
        "LineFiles", "Places", "Population", "Synthetic", "TestPlaces", "TestRandom",
      ],
      swiftSettings: house),
    .testTarget(
      name: "FileToolsTests",
      dependencies: [
        "Codes", "Columns", "Definitions", "Engine", "FileTools", "Governance", "Intake", "Linkage",
        "Population", "Statistics", "TableFiles", "TestPlaces",
      ], swiftSettings: house),
    .testTarget(
      name: "PlacesTests",
      dependencies: [
        "Columns", "Definitions", "Engine", "Governance", "Indicators", "Intake", "Places",
        "Population", "Synthetic", "TestPlaces", .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: house),
    .testTarget(
      name: "IndicatorsTests",
      dependencies: [
        "Columns", "Definitions", "Engine", "Indicators", "Intake", "Linkage", "Places",
        "Population", "Statistics", "TableFiles", "TestPlaces",
      ], swiftSettings: house),
    .testTarget(
      name: "PopulationTests",
      dependencies: [
        "Columns", "Definitions", "Engine", "Governance", "Linkage", "Places", "Population",
        "Statistics", "Synthetic", "TestPlaces",
      ], swiftSettings: house),
    .testTarget(
      name: "PartnershipTests",
      dependencies: [
        "Definitions", "Governance", "Partnership", "Statistics", "TestRandom",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: house),
    .testTarget(
      name: "DecisionsTests",
      dependencies: [
        "Decisions", "Definitions", "Governance", "Indicators", "Partnership", "Places",
        "Statistics", "TestPlaces", "TestRandom",
      ], swiftSettings: house),
    .testTarget(
      name: "SyntheticTests",
      dependencies: [
        "CZstd", "Columns", "Engine", "Indicators", "Population", "Synthetic", "TestPlaces",
      ],
      swiftSettings: house),
    .testTarget(
      name: "SiteTests",
      dependencies: [
        "Governance", "Indicators", "Linkage", "Places", "Population", "Site", "TestPlaces",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ], swiftSettings: house),
    .testTarget(
      name: "KithTests", dependencies: ["Places", "Population", "TestFiles", "TestPlaces", "kith"],
      exclude: ["Stored"],
      swiftSettings: house),
    .executableTarget(
      name: "statistics-bench", dependencies: ["Statistics"], path: "Benchmarks/statistics",
      exclude: ["peer.R", "run.py"], swiftSettings: house),
    .executableTarget(
      name: "engine-soak", dependencies: ["Columns", "Engine"], path: "Tests/Soak",
      exclude: ["run.sh", "suppressions.txt"], swiftSettings: house),
  ],
  cxxLanguageStandard: .cxx17
)
