import GGUF
import JSONText
import Tensors

/// The `general.*` keys: what a model is called, how large it is, how its makers sample from it.
struct GeneralMetadata {
    let architecture: String
    /// nil leaves the key out.
    let name: String?
    /// Elements of all tensors.
    let parameterCount: Int
    /// generation_config.json, or an empty object.
    let generationConfig: JSONObject

    func write(to metadata: inout GGUFMetadata) {
        metadata[GGUFKey.architecture] = .string(architecture)
        metadata[GGUFKey.type] = .string("model")
        writeSampling(to: &metadata)
        metadata[GGUFKey.name] = name.map { .string($0) }
        metadata[GGUFKey.sizeLabel] = .string(ModelSize.label(parameterCount))
    }

    /// The sampling that generation_config.json recommends, under llama.cpp's keys.
    private func writeSampling(to metadata: inout GGUFMetadata) {
        if let topK = generationConfig["top_k"]?.int, let topK = Int32(exactly: topK) {
            metadata["general.sampling.top_k"] = .int32(topK)
        }
        for (source, key) in [
            ("top_p", "top_p"), ("min_p", "min_p"), ("temperature", "temp"), ("repetition_penalty", "penalty_repeat"),
        ] {
            guard let value = generationConfig[source]?.double, Float(value).isFinite else { continue }
            metadata["general.sampling.\(key)"] = .float32(Float(value))
        }
    }
}

/// How many weights a model has, in words.
package enum ModelSize {
    /// "5.2M", "1.2B", "70B": at least two digits, with llama.cpp's thresholds and rounding.
    package static func label(_ count: Int) -> String {
        let (unit, suffix): (Double, String) =
            switch Double(count) {
            case let count where count > 1e12: (1e12, "T")
            case let count where count > 1e9: (1e9, "B")
            case let count where count > 1e6: (1e6, "M")
            default: (1e3, "K")
            }
        let scaled = Double(count) / unit
        let whole = Int(scaled.rounded(.toNearestOrEven))
        let decimals = whole == 0 ? 2 : whole < 10 ? 1 : 0
        let scale = [1, 10, 100][decimals]
        let rounded = Int((scaled * Double(scale)).rounded(.toNearestOrEven))
        guard decimals > 0 else { return "\(rounded)\(suffix)" }
        let fraction = String(rounded % scale)
        return "\(rounded / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction + suffix
    }
}

/// `general.file_type` of files that are not quantized (llama.cpp's `llama_ftype`).
enum FloatFileType {
    static func number(of type: TensorType) -> UInt32 {
        switch type {
        case .f32: 0
        case .bf16: 32
        default: 1
        }
    }
}
