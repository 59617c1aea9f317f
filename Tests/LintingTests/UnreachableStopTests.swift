import Diagnostics
import Testing

@Suite struct UnreachableStopTests {
    @Test func `what is not taken as it was meant`() {
        expect(
            "FROM x\nPARAMETER stop «'</s>'»\n", .unreachableStop, ["single quotes are part of the stop text"],
            mended: "FROM x\nPARAMETER stop </s>\n")
        expect(
            "FROM x\nPARAMETER stop «“User:”»\n", .unreachableStop, ["curly quotes are part of the stop text"],
            mended: "FROM x\nPARAMETER stop User:\n")
        expect(
            "FROM x\nPARAMETER stop «[\"a\", \"b\"]»\n", .unreachableStop,
            ["a list is taken for one stop text, brackets included; write a PARAMETER stop line for each"],
            mended: "FROM x\nPARAMETER stop \"a\"\nPARAMETER stop \"b\"\n")
        expect(
            "FROM x\nPARAMETER stop «\"\\nUser:\"»\n", .unreachableStop,
            ["there are no escapes: '\\n' stands for a backslash and a letter"], mended: "FROM x\nPARAMETER stop \"\nUser:\"\n")
    }

    @Test func `a comment behind the text`() {
        expect(
            "FROM x\nPARAMETER stop </s>«  # end of turn»\n", .unreachableStop,
            ["a comment behind the value is taken for part of the stop text"], mended: "FROM x\nPARAMETER stop </s>\n")
    }

    @Test func `lines without an effect are deleted`() {
        expect(
            "FROM x\nPARAMETER stop a\n«PARAMETER stop a»\n", .unreachableStop, ["the stop text 'a' is given twice"],
            mended: "FROM x\nPARAMETER stop a\n")
        expect("FROM x\n«PARAMETER stop \"\"»\n", .unreachableStop, ["an empty stop text stops nothing"], mended: "FROM x\n")
    }

    @Test(arguments: ["[INST]", "[/INST]", "\"User:\"", "<|im_end|>", "'", "### Input:", "\"a # b\"", "a #1"])
    func `stop texts as they should be`(text: String) { expectNothing("FROM x\nPARAMETER stop \(text)\n", .unreachableStop) }

    @Test func `a text behind a shorter one, and a token that the template does not know`() {
        expect(
            "FROM x\nPARAMETER stop User:\nPARAMETER stop «\"\nUser:\"»\n", .unreachableStop,
            ["generation ends at 'User:' before this text is whole"], mended: "FROM x\nPARAMETER stop User:\n")
        expect(
            "FROM x\nTEMPLATE {{ .Prompt }}<|im_end|>{{ .Response }}\nPARAMETER stop «<im_end>»\n", .unreachableStop,
            ["the template knows no '<im_end>', did you mean '<|im_end|>'?"],
            mended: "FROM x\nTEMPLATE {{ .Prompt }}<|im_end|>{{ .Response }}\nPARAMETER stop <|im_end|>\n")
        expect(
            "FROM x\nTEMPLATE {{ .Prompt }}<|im_end|>{{ .Response }}\nPARAMETER stop <|im_end|>\nPARAMETER stop «<|imend|>»\n",
            .unreachableStop, ["the template knows no '<|imend|>', did you mean '<|im_end|>'?"],
            mended: "FROM x\nTEMPLATE {{ .Prompt }}<|im_end|>{{ .Response }}\nPARAMETER stop <|im_end|>\n")
    }
}
