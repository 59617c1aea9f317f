public import Diagnostics
public import ModelfileSyntax

/// A Modelfile with everything that it draws in: included files read, names replaced, targets told apart.
///
///     let program = ModelfileProgram(tree, arguments: ["SIZE": "3b"], files: provider)
///     let compiled = try program.compile(target: "small")
///     print(compiled.tree.source.text)          // a plain Modelfile
///
/// A plain Modelfile is a program of one nameless target that compiles to itself. What is wrong with the program lies in
/// `diagnostics`; compiling goes on as well as it can, so that what is wrong further down is told too.
public struct ModelfileProgram: Sendable {
    /// A file that the program is made of.
    public struct File: Sendable {
        public let source: SourceText
        /// The path from the main file's folder; empty for the main file.
        public let path: String
        /// The INCLUDE or `@` that drew it in; nil for the main file.
        public let site: Site?
    }

    /// A place in one of the files.
    public struct Site: Sendable, Hashable {
        public let file: Int
        public let range: SourceRange
    }

    /// A part of the file that builds a package by itself: from a FROM with a name, or the first one, to the next.
    public struct Target: Sendable {
        /// Nil where FROM has no AS.
        public let name: String?
        /// Of the name, or of FROM's value.
        public let site: Site
        /// The index of the target that this one builds on.
        let parent: Int?
        var instructions: [EvaluatedInstruction] = []
    }

    /// The tree of the main file.
    public private(set) var root: ModelfileSyntaxTree
    /// The main file first; a file that is drawn in twice is here twice.
    public internal(set) var files: [File]
    /// What is wrong with the superset's own parts, and with the included files' syntax: by index of the file. The main file's
    /// syntax is among the diagnostics of `root`.
    public internal(set) var diagnostics: [(file: Int, diagnostic: Diagnostic)] = []
    /// In the order of the text; none where there is no FROM.
    public internal(set) var targets: [Target] = []
    /// Names that ARG lines introduce, in order, with where they got their value.
    public internal(set) var names: [Origin.Definition] = []
    /// What stands before the first FROM.
    var prologue: [EvaluatedInstruction] = []

    /// - Parameters:
    ///   - arguments: values for ARG from outside; they win over the defaults.
    ///   - isComplete: whether an ARG without default and value is an error. Where nobody builds, as in an editor, it is not.
    public init(
        _ root: ModelfileSyntaxTree, arguments: [String: String] = [:], isComplete: Bool = true, files provider: FileProvider
    ) {
        self.root = root
        files = [File(source: root.source, path: "", site: nil)]
        guard root.dialect != .plain else { return }
        var reader = ProgramReader(self, arguments: arguments, isComplete: isComplete, provider: provider)
        reader.read()
        self = reader.program
    }

    /// Whether the main file is an ordinary Modelfile.
    public var isPlain: Bool { root.dialect == .plain }

    /// The names of the targets, those without left out.
    public var targetNames: [String] { targets.compactMap(\.name) }

    /// The error of `target` if no target has this name; nil, and so no name, means the last target.
    public func check(target: String?) throws(TargetError) {
        guard let target, !targetNames.contains(target) else { return }
        throw TargetError(
            name: target, known: targetNames, suggestion: SpellingSuggestion.nearest(to: target, in: targetNames), isPlain: isPlain)
    }
}

/// A target was asked for that the file does not have.
public struct TargetError: Error, Equatable, CustomStringConvertible {
    public let name: String
    public let known: [String]
    public let suggestion: String?
    public let isPlain: Bool

    public var description: String {
        if isPlain {
            return "no target '\(name)': a plain Modelfile has none; the superset begins with '\(ModelfileDialect.syntaxLine)'"
        }
        if let suggestion { return "no target '\(name)', did you mean '\(suggestion)'?" }
        return known.isEmpty
            ? "no target '\(name)': no FROM has AS and a name"
            : "no target '\(name)'; the targets are \(known.joined(separator: ", "))"
    }
}

/// An instruction with its value put together.
struct EvaluatedInstruction: Sendable {
    let instruction: Instruction
    let syntax: InstructionSyntax
    let file: Int
    let argument: String?
    let value: ComposedText?
    /// A FROM that names a target of this file.
    var namesTarget = false
}
