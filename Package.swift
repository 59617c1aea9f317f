// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: one place, so that no room has house rules of its own.
let houseRules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Rooms without raw pointers; the compiler keeps it so.
let safeRoom = houseRules + [.strictMemorySafety()]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// A Swift target and the tests that live beside it.
func room(
    _ name: String, _ dependencies: [Target.Dependency], pointers: Bool = false, testsAlso: [Target.Dependency] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: pointers ? houseRules : safeRoom),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.byName(name: name)] + dependencies + ["TestSupport"] + testsAlso,
            swiftSettings: houseRules),
    ]
}

// Floor by floor: a target imports only from lower floors (Documentation/Modules.md, LayeringTests).
let machineRoom: [Target] = [
    .target(name: "CKernels", cSettings: [.define("_GNU_SOURCE")], linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),
]

let words: [[Target]] = [
    room("Diagnostics", []),
    room("Bytes", ["CLinux"], pointers: true),
    room("JSONText", []),
    room("ModelManifest", ["JSONText", crypto]),
]

let languagesAndFormats: [[Target]] = [
    room("Tensors", ["Bytes"]),
    room("ModelfileSyntax", ["Diagnostics"]),
    room("YAMLText", ["Diagnostics", yams]),
    room("GoTemplate", ["JSONText"]),
    room("JinjaTemplate", ["JSONText"]),
    room("Automata", []),
]

let formats: [[Target]] = [
    room("Compute", ["Bytes", "CKernels", "CLinux", "Tensors"], pointers: true),
    room("GGUF", ["Bytes", "Tensors", crypto]),
    room("GBNF", ["Automata"], testsAlso: ["JSONText"]),
    room("JSONSchemaGrammar", ["Automata", "JSONText"]),
    room("Safetensors", ["Bytes", "JSONText", "Tensors"]),
]

let meanings: [[Target]] = [
    room("ModelfileSuperset", ["Diagnostics", "ModelfileSyntax"], testsAlso: ["ModelfilePlan"]),
    room("ModelfilePlan", ["Diagnostics", "JSONText", "ModelfileSyntax"]),
    room("Tokenization", ["GGUF"], testsAlso: ["Bytes", "JSONText"]),
    room("Quantization", ["Bytes", "CKernels", "Compute", "Diagnostics", "GGUF", "Tensors"], pointers: true),
    room(
        "TransformerEngine", ["Bytes", "CKernels", "Compute", "GGUF", "Tensors"], pointers: true, testsAlso: ["JSONText"]),
    room("ModelStore", ["Bytes", "JSONText", "ModelManifest"]),
    room("Sampling", []),
]

let combinations: [[Target]] = [
    room("ChatPrompt", ["GoTemplate", "JSONText", "JinjaTemplate"]),
    room("ConstrainedDecoding", ["Automata", "GBNF", "JSONSchemaGrammar", "JSONText", "Tokenization"]),
    room(
        "Conversion", ["Bytes", "GGUF", "JSONText", "Safetensors", "Tensors", "Tokenization"],
        testsAlso: ["Compute", "TransformerEngine"]),
    room(
        "Evaluation",
        ["Bytes", "Compute", "GGUF", "JSONText", "ModelManifest", "Quantization", "Tensors", "Tokenization", "TransformerEngine"]),
    room(
        "Linting",
        [
            "ChatPrompt", "Diagnostics", "GoTemplate", "JSONText", "ModelfilePlan", "ModelfileSuperset", "ModelfileSyntax",
            "YAMLText",
        ]),
    room(
        "Packaging",
        ["Bytes", "GGUF", "GoTemplate", "JSONText", "ModelManifest", "ModelStore", "ModelfileSyntax", "Quantization", "Tensors"],
        testsAlso: ["Diagnostics", "ModelfilePlan"]),
]

let streets: [[Target]] = [
    room("APITypes", ["ChatPrompt", "JSONText", "ModelManifest"]),
    room("QualityPages", ["Evaluation", "Quantization", "Tensors"]),
    room(
        "PromptProof", ["ChatPrompt", "Diagnostics", "GGUF", "GoTemplate", "JSONText", "JinjaTemplate", "Tokenization"],
        testsAlso: ["Bytes"]),
    room(
        "BuildPipeline",
        [
            "Bytes", "Compute", "Conversion", "Diagnostics", "GGUF", "JSONText", "Linting", "ModelManifest", "ModelStore",
            "ModelfilePlan",
            "ModelfileSuperset", "ModelfileSyntax", "Packaging", "Quantization", "Tensors", "Tokenization",
        ], testsAlso: ["TransformerEngine"]),
    room(
        "Batch",
        [
            "BuildPipeline", "Bytes", "Compute", "Diagnostics", "GGUF", "JSONText", "ModelManifest", "ModelfilePlan",
            "ModelfileSyntax", "Quantization", "Tensors", "YAMLText",
        ],
        testsAlso: [yams]),
    room("ModelTesting", ["ChatPrompt", "Diagnostics", "JSONText", "YAMLText"]),
    room(
        "Runner",
        [
            "Bytes", "Compute", "ConstrainedDecoding", "GGUF", "JSONSchemaGrammar", "JSONText", "ModelManifest", "Sampling",
            "Tokenization", "TransformerEngine",
        ]),
    room(
        "ModelService",
        [
            "APITypes", "BuildPipeline", "Bytes", "ChatPrompt", "Compute", "ConstrainedDecoding", "GGUF", "JSONText",
            "ModelManifest", "ModelStore", "ModelfilePlan", "Packaging", "PromptProof", "Quantization", "Runner", "Sampling",
            "Tensors", "Tokenization", "TransformerEngine",
        ], testsAlso: ["Diagnostics", "ModelfileSyntax"]),
    room(
        "ModelfileLanguageServer",
        [
            "ChatPrompt", "Diagnostics", "GoTemplate", "JSONText", "Linting", "ModelTesting", "ModelfilePlan", "ModelfileSuperset",
            "ModelfileSyntax",
        ]),
]

let serverDoor: [[Target]] = [
    room("ServerAccess", [nio, nioHTTP, nioPosix, "JSONText", "ModelManifest"]),
    room(
        "HTTPServer",
        [
            hummingbird, lifecycle, logging, nio, signals, "APITypes", "BuildPipeline", "Bytes", "ChatPrompt",
            "ConstrainedDecoding", "JSONText", "ModelManifest", "ModelService", "ModelStore", "ModelfilePlan", "Packaging",
            "Runner",
        ], testsAlso: ["ModelfileSyntax"]),
]

let doors: [Target] = [
    .target(
        name: "Commands",
        dependencies: [
            argumentParser,
            logging,
            "Automata",
            "Batch",
            "BuildPipeline",
            "Bytes",
            "ChatPrompt",
            "CLinux",
            "Compute",
            "ConstrainedDecoding",
            "Diagnostics",
            "Evaluation",
            "GGUF",
            "GoTemplate",
            "HTTPServer",
            "JSONSchemaGrammar",
            "JSONText",
            "JinjaTemplate",
            "Linting",
            "ModelManifest",
            "ModelService",
            "ModelStore",
            "ModelTesting",
            "ModelfileLanguageServer",
            "ModelfilePlan",
            "ModelfileSuperset",
            "ModelfileSyntax",
            "Packaging",
            "PromptProof",
            "QualityPages",
            "Quantization",
            "Runner",
            "Sampling",
            "ServerAccess",
            "Tensors",
            "Tokenization",
            "TransformerEngine",
        ],
        swiftSettings: safeRoom),
    .testTarget(
        name: "CommandsTests", dependencies: ["Commands", "Bytes", "GGUF", "TestSupport"], swiftSettings: houseRules),
    .executableTarget(name: "quern", dependencies: ["Commands"], swiftSettings: safeRoom),
]

let houseTests: [Target] = [
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: houseRules),
    .testTarget(name: "LayeringTests", dependencies: ["TestSupport"], swiftSettings: houseRules),
    .testTarget(
        name: "EndToEndTests", dependencies: ["quern", "TestSupport", "GGUF", "JSONText", "ModelManifest"],
        swiftSettings: houseRules),
]

let package = Package(
    name: "quern",
    platforms: [.macOS(.v26)],
    products: [.executable(name: "quern", targets: ["quern"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: machineRoom + (words + languagesAndFormats + formats + meanings + combinations + streets + serverDoor).flatMap { $0 }
        + doors
        + houseTests
)
