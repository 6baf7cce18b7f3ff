// swift-tools-version: 6.2
import PackageDescription

// The manifest is the architecture: one target a room, arrows pointing down only.
// ARCHITECTURE.md says what each room is for; `make lint` holds the imports to it.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
  name: "sortie",
  products: [
    .executable(name: "sortie", targets: ["sortie"]),
    .executable(name: "sortie-agent", targets: ["sortie-agent"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // C libraries: module maps and small inline shims.
    .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CSpawn"),

    // Where a test may end a program.
    room("CrashPoints"),

    // Values and their bytes.
    room("Model"),
    room("Wire", ["Model"]),
    room("Dialects", ["Model"]),

    // People's files, decisions, and what is durable.
    room("Definitions", ["Model", "CPCRE2", "Yams"]),
    room("Scheduling", ["Model"]),
    room("Journal", ["Model", "CrashPoints", "CSpawn"]),

    // The ends of a run: nodes, servers, people.
    room("Threads", ["Model", "CSpawn"]),
    room("Transport", ["Model", "Threads", "CLibSSH", "CSpawn"]),
    room("Laboratory", ["Model", "CSpawn"]),
    room("Coordination", ["Model", "Wire", "Scheduling", "Journal", "Threads", "CrashPoints"]),
    room("Reporting", ["Model"]),
    room("Publishing", ["Model", "Dialects", "Journal", "Threads", "CrashPoints", "CCurl"]),

    // The collection API.
    room("Store", ["Model", "CrashPoints", logging, .product(name: "GRDB", package: "GRDB.swift")]),
    room(
      "Collection",
      [
        "Model", "Dialects", "Store", logging, .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),

    // The node's side: static, no libssh, no libcurl, FoundationEssentials only.
    room("Drivers", ["Model"]),
    room("Agent", ["Model", "Wire", "Drivers", "CrashPoints", "CSpawn"]),
    .executableTarget(name: "sortie-agent", dependencies: ["Agent"], swiftSettings: strict),

    // Where everything meets.
    .executableTarget(
      name: "sortie",
      dependencies: [
        "Model", "Definitions", "Scheduling", "Journal", "Threads", "Transport", "Laboratory", "Coordination",
        "Reporting", "Dialects", "Publishing", "Store", "Collection", "CrashPoints", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    // What tests share.
    .target(
      name: "TestSupport", dependencies: ["Model", "CSpawn"], path: "Tests/TestSupport", swiftSettings: strict),

    // The real cores of coordinator, agent, journal and outbox in a world of simulated clocks, links and disks; `soak`
    // plays any number of its seeds.
    .target(
      name: "Simulation",
      dependencies: [
        "Coordination", "Scheduling", "Journal", "Agent", "Publishing", "Dialects", "Wire", "Model", "TestSupport",
      ], path: "Tests/Simulation", swiftSettings: strict),
    .executableTarget(name: "soak", dependencies: ["Simulation"], path: "Tests/Soak", swiftSettings: strict),
    tests("SimulationTests", ["Simulation"]),

    // One a room, and the whole from outside.
    tests("ModelTests", ["Model", "TestSupport"]),
    tests("WireTests", ["Wire", "Model", "TestSupport"]),
    tests("DefinitionsTests", ["Definitions", "Model", "TestSupport"]),
    tests("SchedulingTests", ["Scheduling", "Model", "TestSupport"]),
    tests("JournalTests", ["Journal", "Model", "TestSupport"]),
    tests("TransportTests", ["Transport", "Threads", "Laboratory", "CSpawn", "Model"]),
    tests("LaboratoryTests", ["Laboratory", "Model"]),
    tests("CoordinationTests", ["Coordination", "Wire", "Scheduling", "Journal", "Threads", "Model", "TestSupport"]),
    tests("ReportingTests", ["Reporting", "Model", "TestSupport"]),
    tests("PublishingTests", ["Publishing", "Dialects", "Journal", "Model", "TestSupport"]),
    tests("StoreTests", ["Store", "Dialects", "Model", logging, .product(name: "GRDB", package: "GRDB.swift")]),
    tests(
      "CollectionTests",
      [
        "Collection", "Dialects", "Store", "Model", "TestSupport", logging,
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    tests("DriversTests", ["Drivers", "Model"]),
    tests("AgentTests", ["Agent", "Wire", "Drivers", "CSpawn", "Model", "TestSupport", "sortie-agent"]),
    tests("EndToEndTests", ["Reporting", "Journal", "Model", "TestSupport", "sortie", "sortie-agent"]),
  ]
)
