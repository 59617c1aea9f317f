import BuildPipeline
import Bytes
import Diagnostics
import ModelManifest
import ModelfilePlan
import ModelfileSyntax

/// A model of the store to be made of a finished file, with what a Modelfile says round the weights.
struct PackageRequest {
    struct InvalidModelfile: Error, CustomStringConvertible { let description: String }

    private let package: OutputSettings.Package
    private let weights: String

    private static let byteLimit = 1 << 26

    init(_ package: OutputSettings.Package, weights: String) { (self.package, self.weights) = (package, weights) }

    /// - Throws: `ManifestError` for a name that cannot be one, `BytesError` and `InvalidModelfile` for the Modelfile.
    func buildRequest() throws -> BuildRequest {
        var plan = BuildPlan()
        var folder = "."
        if let path = package.modelfile {
            folder = PathText.folder(of: path)
            let tree = ModelfileSyntaxTree(parsing: try OpenFile.contents(of: path, limit: Self.byteLimit), name: path)
            let (made, diagnostics) = BuildPlan.make(from: tree)
            guard let made else {
                let first = diagnostics.first { $0.severity == .error }
                let line = first.map { tree.source.position(at: $0.range.lowerBound).line } ?? 1
                throw InvalidModelfile(description: "\(path):\(line): \(first?.message ?? "not a Modelfile")")
            }
            plan = made
        }
        plan.sources = [Written(try FileSystem.absolute(weights))]
        return BuildRequest(plan: plan, name: try ModelName(package.name), folder: folder)
    }
}
