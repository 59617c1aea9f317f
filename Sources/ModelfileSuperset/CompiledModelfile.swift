public import Diagnostics
public import ModelfileSyntax

/// A target of a program as a plain Modelfile, with the way back to what was written.
public struct CompiledModelfile: Sendable {
    /// The plain Modelfile.
    public let tree: ModelfileSyntaxTree
    /// Nil where the main file is plain and so the text is its own.
    public let map: SourceMap?
    /// What kept instructions from being written: by index of the file.
    public let diagnostics: [(file: Int, diagnostic: Diagnostic)]
    let files: [ModelfileProgram.File]

    /// A diagnostic of the compiled text as one of the file that its place was written in; nil where it only follows from something
    /// that was reported already.
    public func original(_ diagnostic: Diagnostic) -> (file: Int, diagnostic: Diagnostic)? {
        guard let map, !map.segments.isEmpty else { return (0, diagnostic) }
        let touched = map.segments(in: diagnostic.range)
        guard !touched.contains(where: { $0.origin.kind == .unknown }), let place = map.origin(of: diagnostic.range) else {
            return nil
        }
        var original = diagnostic
        original.range = place.range
        original.notes = diagnostic.notes.map { moved($0, from: place.file, map) } + definitions(touched, from: place.file)
        original.fixIts = diagnostic.fixIts.compactMap { moved($0, in: place.file, map) }
        return (place.file, original)
    }

    private func moved(_ note: Diagnostic.Note, from file: Int, _ map: SourceMap) -> Diagnostic.Note {
        guard let range = note.range, let place = map.origin(of: range) else { return Diagnostic.Note(note.message) }
        return Diagnostic.Note(note.message, at: place.range, in: place.file == file ? nil : files[place.file].source)
    }

    /// Where the values of names in the range come from.
    private func definitions(_ segments: ArraySlice<SourceMap.Segment>, from file: Int) -> [Diagnostic.Note] {
        var seen: Set<Origin.Definition> = []
        return segments.compactMap { segment in
            guard let definition = segment.origin.definition, seen.insert(definition).inserted else { return nil }
            let value = DisplayWidth.truncating(tree.source.text(in: segment.generated), to: 40)
            let message = "\(definition.name) is '\(value)'" + (definition.isGivenOutside ? ", as the command line says" : "")
            return Diagnostic.Note(
                message, at: definition.range, in: definition.file == file ? nil : files[definition.file].source)
        }
    }

    /// A fix-it for the file that was written; nil unless each edit replaces there what it replaces here.
    private func moved(_ fixIt: FixIt, in file: Int, _ map: SourceMap) -> FixIt? {
        var moved = fixIt
        for (index, edit) in fixIt.edits.enumerated() {
            guard let place = map.origin(of: edit.range), place.file == file,
                !map.segments(in: edit.range).contains(where: { $0.origin.definition != nil }),
                files[file].source.bytes[place.range] == tree.source.bytes[edit.range]
            else { return nil }
            moved.edits[index].range = place.range
        }
        return moved
    }
}

extension ModelfileProgram {
    /// The notes that say how a file came to be read: "included here", from the inside out.
    public func trail(of file: Int) -> [Diagnostic.Note] {
        var notes: [Diagnostic.Note] = []
        var next = files[file].site
        while let site = next {
            notes.append(Diagnostic.Note("included here", at: site.range, in: files[site.file].source))
            next = files[site.file].site
        }
        return notes
    }

    /// Diagnostics by file in order of first appearance, the main file always first; each once, with how its file came to be read.
    public func gathered(_ diagnostics: [(file: Int, diagnostic: Diagnostic)]) -> [DiagnosedText] {
        var texts = [DiagnosedText(files[0].source, [])]
        var places = [files[0].path: 0]
        var seen: Set<Diagnostic> = []
        for (file, diagnostic) in diagnostics {
            var told = diagnostic
            told.notes += trail(of: file)
            let place = places[files[file].path] ?? texts.count
            if place == texts.count {
                texts.append(DiagnosedText(files[file].source, []))
                places[files[file].path] = place
            }
            var key = diagnostic
            key.notes = [Diagnostic.Note(files[file].path)]
            if seen.insert(key).inserted { texts[place].diagnostics.append(told) }
        }
        return texts.map { DiagnosedText($0.source, $0.diagnostics.inTextOrder()) }
    }
}
