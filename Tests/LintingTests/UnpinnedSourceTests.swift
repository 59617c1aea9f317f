import Diagnostics
import Testing

@Suite struct UnpinnedSourceTests {
    @Test func `names that can mean another model tomorrow`() {
        expect("FROM «llama3.2»\n", .unpinnedSource, ["FROM 'llama3.2' has no tag, so it means latest"], isStrict: true)
        expect("FROM «a/b:latest»\n", .unpinnedSource, ["FROM 'a/b:latest' changes whenever its author changes it"], isStrict: true)
        expect(
            "FROM «localhost:5000/b»\n", .unpinnedSource, ["FROM 'localhost:5000/b' has no tag, so it means latest"], isStrict: true
        )
    }

    @Test(arguments: ["llama3.2:3b", "./a.gguf", "hf.co/a/b:Q8_0"])
    func `tags and paths are pinned`(text: String) { expectNothing("FROM \(text)\n", .unpinnedSource, isStrict: true) }

    @Test func `only strictness asks for it`() { expectNothing("FROM llama3.2\n", .unpinnedSource) }
}
