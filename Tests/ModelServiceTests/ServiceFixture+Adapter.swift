import JSONText
import TestSupport

extension ServiceFixture {
    /// What PEFT saves: a configuration, and two factors for each module.
    ///
    /// - Returns: the folder.
    func writeAdapter(
        _ modules: [(name: String, rows: Int, columns: Int)], to name: String, rank: Int = 2
    ) throws -> String {
        let prefix = "base_model.model."
        var tensors: [(name: String, shape: [Int])] = []
        for module in modules {
            tensors.append((prefix + module.name + ".lora_A.weight", [rank, module.columns]))
            tensors.append((prefix + module.name + ".lora_B.weight", [module.rows, rank]))
        }
        var (header, data) = (JSONObject(), [UInt8]())
        for (index, tensor) in tensors.enumerated() {
            let start = data.count
            for number in 0..<tensor.shape[0] * tensor.shape[1] {
                let value = Float((number * 37 + index * 11) % 23 - 11) / 20
                data += withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            }
            func numbers(_ values: [Int]) -> JSONValue { .array(values.map { .number(JSONNumber($0)) }) }
            header[tensor.name] = .object([
                "dtype": "F32", "shape": numbers(tensor.shape), "data_offsets": numbers([start, data.count]),
            ])
        }
        let text = JSONValue.object(header).bytes()
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        try folder.write(length + text + data, to: name + "/adapter_model.safetensors")
        let config = "{\"peft_type\": \"LORA\", \"r\": \(rank), \"lora_alpha\": 4, \"target_modules\": [\"any\"]}"
        try folder.write(Array(config.utf8), to: name + "/adapter_config.json")
        return folder.path + "/" + name
    }
}
