import Diagnostics
public import Tensors

/// What a whole file is quantized to: a tensor type, and for most of them a mix around it.
///
/// Numbers are those of `general.file_type`, fixed by llama.cpp's `llama_ftype`.
public enum FileType: UInt32, CaseIterable, Sendable {
    case f32 = 0
    case f16 = 1
    case q4_0 = 2
    case q4_1 = 3
    case q8_0 = 7
    case q5_0 = 8
    case q5_1 = 9
    case q2_K = 10
    case q3_K_S = 11
    case q3_K_M = 12
    case q3_K_L = 13
    case q4_K_S = 14
    case q4_K_M = 15
    case q5_K_S = 16
    case q5_K_M = 17
    case q6_K = 18
    case iq2_XXS = 19
    case iq2_XS = 20
    case q2_K_S = 21
    case iq3_XS = 22
    case iq3_XXS = 23
    case iq1_S = 24
    case iq4_NL = 25
    case iq3_S = 26
    case iq3_M = 27
    case iq2_S = 28
    case iq2_M = 29
    case iq4_XS = 30
    case iq1_M = 31
    case bf16 = 32
    case tq1_0 = 36
    case tq2_0 = 37
    case mxfp4_MoE = 38
    case q1_0 = 40
    case q2_0 = 41

    /// The name people type: `Q4_K_M`.
    public var name: String {
        switch self {
        case .f32: "F32"
        case .f16: "F16"
        case .q4_0: "Q4_0"
        case .q4_1: "Q4_1"
        case .q8_0: "Q8_0"
        case .q5_0: "Q5_0"
        case .q5_1: "Q5_1"
        case .q2_K: "Q2_K"
        case .q3_K_S: "Q3_K_S"
        case .q3_K_M: "Q3_K_M"
        case .q3_K_L: "Q3_K_L"
        case .q4_K_S: "Q4_K_S"
        case .q4_K_M: "Q4_K_M"
        case .q5_K_S: "Q5_K_S"
        case .q5_K_M: "Q5_K_M"
        case .q6_K: "Q6_K"
        case .q2_K_S: "Q2_K_S"
        case .iq2_XXS: "IQ2_XXS"
        case .iq2_XS: "IQ2_XS"
        case .iq2_S: "IQ2_S"
        case .iq2_M: "IQ2_M"
        case .iq3_XXS: "IQ3_XXS"
        case .iq3_XS: "IQ3_XS"
        case .iq3_S: "IQ3_S"
        case .iq3_M: "IQ3_M"
        case .iq1_S: "IQ1_S"
        case .iq1_M: "IQ1_M"
        case .iq4_NL: "IQ4_NL"
        case .iq4_XS: "IQ4_XS"
        case .tq1_0: "TQ1_0"
        case .tq2_0: "TQ2_0"
        case .mxfp4_MoE: "MXFP4_MOE"
        case .q1_0: "Q1_0"
        case .q2_0: "Q2_0"
        case .bf16: "BF16"
        }
    }

    /// The type of most tensors in such a file.
    public var tensorType: TensorType {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        case .q4_0: .q4_0
        case .q4_1: .q4_1
        case .q5_0: .q5_0
        case .q5_1: .q5_1
        case .q8_0: .q8_0
        case .q2_K, .q2_K_S: .q2_K
        case .q3_K_S, .q3_K_M, .q3_K_L: .q3_K
        case .q4_K_S, .q4_K_M: .q4_K
        case .q5_K_S, .q5_K_M: .q5_K
        case .q6_K: .q6_K
        case .iq2_XXS: .iq2_xxs
        case .iq2_XS, .iq2_S: .iq2_xs
        case .iq2_M: .iq2_s
        case .iq3_XXS: .iq3_xxs
        case .iq3_XS, .iq3_S, .iq3_M: .iq3_s
        case .iq1_S: .iq1_s
        case .iq1_M: .iq1_m
        case .iq4_NL: .iq4_nl
        case .iq4_XS: .iq4_xs
        case .tq1_0: .tq1_0
        case .tq2_0: .tq2_0
        case .mxfp4_MoE: .mxfp4
        case .q1_0: .q1_0
        case .q2_0: .q2_0
        }
    }

    /// Whether weights are stored as they are, or rounded to 16 bits: the only files that are quantized without losing twice.
    public var isUnquantized: Bool { [.f32, .f16, .bf16].contains(self) }
}

extension FileType {
    /// Short names and the mix that they stand for.
    private static let aliases: [String: FileType] = ["Q3_K": .q3_K_M, "Q4_K": .q4_K_M, "Q5_K": .q5_K_M]

    /// Reads a name, whatever its case, `Q4_K` and its like included.
    /// - Throws: `QuantizationError.unknownFileType`, with the nearest name where one is near.
    public init(named name: String) throws(QuantizationError) {
        let wanted = name.uppercased()
        if let match = Self.allCases.first(where: { $0.name == wanted }) ?? Self.aliases[wanted] {
            self = match
        } else {
            throw .unknownFileType(name: name, suggestion: Self.nearest(to: wanted))
        }
    }

    /// Names are compared without the marks between their parts, which people leave out or write otherwise.
    private static func nearest(to wanted: String) -> String? {
        func bare(_ name: String) -> String { name.filter { $0 != "_" && $0 != "-" } }
        let names = allCases.map(\.name) + aliases.keys.sorted()
        let nearest = SpellingSuggestion.nearest(to: bare(wanted), in: names.map(bare))
        return names.first { bare($0) == nearest } ?? names.first { !wanted.isEmpty && $0.hasPrefix(wanted + "_") }
    }

    /// The name of any number of `general.file_type`, also of mixes that Quern reads and does not write; nil for unknown ones.
    public static func name(ofNumber number: Int) -> String? {
        if let number = UInt32(exactly: number), let known = FileType(rawValue: number) { return known.name }
        return readOnlyNames[number]
    }

    private static let readOnlyNames: [Int: String] = [39: "NVFP4"]
}
