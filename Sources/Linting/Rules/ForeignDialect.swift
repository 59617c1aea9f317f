import Diagnostics
import ModelfileSyntax

/// Recognises files of other tools by the instructions that only those have.
///
/// Not a `LintRule`: its finding replaces all others.
enum ForeignDialect {
    private struct Dialect {
        let name: String
        let words: Set<String>
        /// Some of these must occur, the rest only counts.
        let telling: Set<String>
    }

    private static let dialects = [
        Dialect(
            name: "a Modelfile of modctl, which lists a model's files for an OCI registry",
            words: [
                "NAME", "ARCH", "FAMILY", "FORMAT", "PARAMSIZE", "PRECISION", "QUANTIZATION", "CONFIG", "MODEL", "CODE", "DOC",
                "DATASET",
            ],
            telling: ["ARCH", "FAMILY", "CONFIG", "MODEL", "PARAMSIZE"]),
        Dialect(
            name: "a Dockerfile, which builds a container image",
            words: [
                "RUN", "COPY", "ADD", "CMD", "ENTRYPOINT", "WORKDIR", "EXPOSE", "ENV", "ARG", "VOLUME", "USER", "LABEL",
                "HEALTHCHECK", "SHELL", "ONBUILD", "STOPSIGNAL", "MAINTAINER",
            ],
            telling: ["RUN", "COPY", "CMD", "ENTRYPOINT", "EXPOSE", "WORKDIR"]),
    ]

    /// What only Ollama's Modelfiles have: one of these, and the strange words are mistakes.
    private static let own: Set<Instruction> = [.parameter, .template, .system, .adapter, .message, .renderer, .draft]

    static func find(in subject: LintSubject) -> Diagnostic? {
        let source = subject.source
        let strays = subject.tree.items.compactMap { if case .stray(let token) = $0 { token.range } else { nil } }
        guard !strays.isEmpty, !subject.tree.instructions.contains(where: { own.contains($0.instruction) }) else { return nil }
        let words = strays.map { range in
            let length = source.bytes[range].prefix { $0 > 0x20 }.count
            return range.lowerBound..<range.lowerBound + length
        }
        let texts = words.map { source.text(in: $0) }
        for dialect in dialects {
            guard let first = texts.firstIndex(where: dialect.words.contains) else { continue }
            let distinct = Set(texts).intersection(dialect.words)
            let isAlone = subject.tree.instructions.isEmpty || distinct.count >= 2
            guard !distinct.isDisjoint(with: dialect.telling), isAlone else { continue }
            return Diagnostic(
                .foreignDialect, "this is \(dialect.name)", at: words[first],
                notes: [
                    Diagnostic.Note(
                        "'\(distinct.sorted().joined(separator: "', '"))' \(distinct.count == 1 ? "is" : "are") unknown to Ollama and Quern"
                    )
                ])
        }
        return nil
    }
}
