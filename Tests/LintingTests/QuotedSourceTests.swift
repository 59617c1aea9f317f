import Diagnostics
import Testing

@Suite struct QuotedSourceTests {
    @Test func `quotes are taken away`() {
        expect("FROM «\"llama3.2\"»\n", .quotedSource, ["the value of FROM needs no quotes"], mended: "FROM llama3.2\n")
        expect(
            "FROM x\nADAPTER «\"\"\"./my lora.gguf\"\"\"»\n", .quotedSource, ["the value of ADAPTER needs no quotes"],
            mended: "FROM x\nADAPTER ./my lora.gguf\n")
    }

    @Test func `single quotes are part of a name`() {
        expect(
            "FROM «'llama3.2'»\n", .quotedSource, ["the value of FROM is in quotes: single quotes are part of the name"],
            mended: "FROM llama3.2\n")
    }

    @Test func `texts may have quotes`() { expectNothing("FROM x\nSYSTEM \"hello\"\nPARAMETER stop \"a\"\n", .quotedSource) }
}
