import Diagnostics
import Testing

@Suite struct JSONRendererTests {
    @Test func `all members are there`() {
        let source = SourceText("FROM x\né\"FOO\n", name: "dir/Model\"file")
        let diagnostic = Diagnostic(
            .unknownInstruction, "unknown '\u{1}\t'", at: 10..<13, notes: [.init("here", at: 0..<4), .init("nowhere")],
            fixIts: [.replace(10..<13, with: "FROM\n")])
        #expect(
            JSONRenderer.render([diagnostic], in: source)
                == #"{"diagnostics":[{"id":"QM0010","severity":"error","message":"unknown '\u0001\t'","file":"dir/Model\"file","#
                + #""range":{"start":{"line":2,"column":3},"end":{"line":2,"column":6}},"#
                + #""notes":[{"message":"here","file":"dir/Model\"file","#
                + #""range":{"start":{"line":1,"column":1},"end":{"line":1,"column":5}}},{"message":"nowhere"}],"#
                + #""fixits":[{"message":"write 'FROM\n'","#
                + #""edits":[{"range":{"start":{"line":2,"column":3},"end":{"line":2,"column":6}},"text":"FROM\n"}]}]}]}"#)
    }

    @Test func `nothing wrong is an empty list`() {
        #expect(JSONRenderer.render([], in: SourceText("")) == #"{"diagnostics":[]}"#)
    }
}
