// Which layers of a model look back over a window only.
import GGUF

/// Layers with a sliding window and layers without, as `attention.sliding_window_pattern` says it.
public enum WindowPattern: Sendable, Equatable {
    /// Every so manyth layer goes without: with 6, layers 5, 11, 17 and so on.
    case period(Int)
    /// For each layer, whether it has the window.
    case layers([Bool])

    /// - Returns: nil where the file says nothing.
    init?(_ reader: HyperparameterReader, architecture: String, layerCount: Int) throws(EngineError) {
        let key = "\(architecture).attention.sliding_window_pattern"
        if let array = reader.metadata.array(key) {
            let flags: [Bool]? =
                if case .bool(let flags) = array { flags } else { array.ints?.map { $0 != 0 } }
            guard let flags, flags.count == layerCount else {
                throw .hyperparameter(key: key, found: "\(array.count) values", wanted: "a flag for each of \(layerCount) layers")
            }
            self = .layers(flags)
        } else {
            guard reader.metadata[key] != nil else { return nil }
            self = .period(try reader.int(key, in: 1...4096))
        }
    }

    /// Whether a layer has the window.
    func hasWindow(layer: Int) -> Bool {
        switch self {
        case .period(let period): (layer + 1) % period != 0
        case .layers(let flags): flags[layer]
        }
    }
}

extension Hyperparameters {
    /// The window of a layer in a family that has none by itself: only where the file says which layers have it.
    func statedWindow(ofLayer layer: Int) -> Int? { windowPattern?.hasWindow(layer: layer) == true ? slidingWindow : nil }
}
