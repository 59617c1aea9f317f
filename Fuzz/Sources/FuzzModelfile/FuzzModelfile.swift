import Diagnostics
import ModelfileSuperset
import ModelfileSyntax

/// Any bytes as a Modelfile: nothing is lost, every range lies in the text, the layout keeps the meaning and is stable, and the
/// superset compiles to something plain.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModelfile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let tree = ModelfileSyntaxTree(parsing: bytes)
    precondition(tree.description == tree.source.text, "the tree lost something")
    for diagnostic in tree.diagnostics {
        precondition(diagnostic.range.upperBound <= tree.source.count, "a range outside of the text")
        _ = TerminalRenderer().render(diagnostic, in: tree.source)
    }
    _ = ModelfileSyntaxTree(parsing: SourceText(tree.source.applying(tree.diagnostics.compactMap(\.fixIts.first))))
    checkLayout(tree)
    checkSuperset(tree)
    return 0
}

private func checkLayout(_ tree: ModelfileSyntaxTree) {
    guard let text = ModelfileFormatter.format(tree) else { return }
    let again = ModelfileSyntaxTree(parsing: SourceText(text))
    precondition(again.entries == tree.entries, "the layout changed the meaning")
    precondition(ModelfileFormatter.format(again) == text, "laying out twice gives something else")
}

private func checkSuperset(_ tree: ModelfileSyntaxTree) {
    let files = FileProvider([
        "a": "ARG A=1\nPARAMETER stop ${A}\nINCLUDE b\n", "b": "SYSTEM @c\nFROM x AS t\n", "c": "text\n", "d": "INCLUDE d\n",
    ])
    let whole = ModelfileSyntaxTree(parsing: SourceText(ModelfileDialect.syntaxLine + "\n" + tree.source.text))
    precondition(whole.description == whole.source.text, "the tree lost something")
    let program = ModelfileProgram(whole, arguments: ["B": "${A}"], files: files)
    for compiled in program.compileAll() {
        precondition(compiled.tree.dialect == .plain, "the superset compiled to itself")
        let told = compiled.tree.diagnostics.compactMap(compiled.original)
        for (file, diagnostic) in program.diagnostics + compiled.diagnostics + told {
            precondition(diagnostic.range.upperBound <= program.files[file].source.count, "a range outside of the text")
        }
        _ = compiled.sourceMapText(name: "Modelfile")
        _ = program.gathered(told)
    }
}

/// SwiftPM begins a program at a function named after its module; libFuzzer's own `main` is left out for it.
@_cdecl("FuzzModelfile_main")
public func begin(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments, fuzzModelfile)
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ fuzz: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
