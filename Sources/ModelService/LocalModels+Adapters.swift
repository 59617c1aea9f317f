public import BuildPipeline
import GGUF
import ModelStore
import Packaging
public import Runner
import TransformerEngine

extension LocalModels {
    /// The weights that `text` names, without a template: a file's, or a package's with its adapters.
    ///
    /// - Parameter adapters: what is added to the weights, besides the package's own adapters.
    public func load(_ text: String, adapters: [AdapterSource] = []) throws -> LoadedModel {
        let reference = try reference(text)
        var package: PackageView?
        if case .stored(let stored) = reference { package = try PackageView(stored, in: store) }
        return try LoadedModel(path: try weightsPath(of: reference)) {
            try Self.adapters(of: package, and: adapters, for: $0)
        }
    }

    /// The adapters of a package, and further ones behind them.
    static func adapters(
        of package: PackageView?, and further: [AdapterSource], for base: GGUFFile
    ) throws -> [ScaledAdapter] {
        let packaged = (package?.adapters ?? []).map { AdapterSource(path: $0.path) }
        return try (packaged + further).map { ScaledAdapter(try $0.open(for: base), scale: $0.scale) }
    }
}
