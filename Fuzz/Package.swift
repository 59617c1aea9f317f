// swift-tools-version: 6.2
import PackageDescription

// Fuzzers for what reads text that somebody else wrote. A package of its own, since libFuzzer needs flags that a package which
// others build upon may not have. The rooms are links to those of the product.

let fuzzed: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"]),
]

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: fuzzed, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
}

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: fuzzed)
}

let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v26)],
    targets: [
        room("Diagnostics"), room("JSONText"), room("ModelfileSyntax", ["Diagnostics"]),
        room("ModelfileSuperset", ["Diagnostics", "ModelfileSyntax"]), room("GoTemplate", ["JSONText"]),
        room("JinjaTemplate", ["JSONText"]),
        fuzzer("FuzzModelfile", ["Diagnostics", "ModelfileSuperset", "ModelfileSyntax"]),
        fuzzer("FuzzGoTemplate", ["GoTemplate", "JSONText"]), fuzzer("FuzzJinja", ["JinjaTemplate", "JSONText"]),
    ]
)
