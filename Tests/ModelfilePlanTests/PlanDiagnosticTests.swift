import Diagnostics
import ModelfilePlan
import ModelfileSyntax
import Testing

/// What a person sees for each mistake of meaning.
@Suite struct PlanDiagnosticTests {
    private func expect(_ text: String, shows expected: String, mended: String? = nil) {
        let tree = ModelfileSyntaxTree(parsing: SourceText(text))
        let (plan, diagnostics) = BuildPlan.make(from: tree)
        #expect(TerminalRenderer().render(diagnostics, in: tree.source) == expected)
        #expect((plan == nil) == diagnostics.containsErrors)
        guard let mended else { return }
        let result = tree.source.applying(diagnostics.flatMap(\.fixIts))
        #expect(result == mended)
        #expect(BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText(result))).diagnostics.isEmpty)
    }

    @Test func `no FROM`() {
        expect(
            "# nothing\n",
            shows: """
                Modelfile:1:1: error: no FROM line [QM0020]
                 1 | # nothing
                   | ^

                """)
        expect(
            "FORM x\n",
            shows: """
                Modelfile:1:1: error: unknown instruction 'FORM', did you mean 'FROM'? [QM0010]
                 1 | FORM x
                   | ^^^^
                   = help: write 'FROM'

                """, mended: "FROM x\n")
    }

    @Test func `an empty source`() {
        expect(
            "FROM \nADAPTER \"\"\n",
            shows: """
                Modelfile:1:1: error: FROM has no value [QM0012]
                 1 | FROM
                   | ^^^^^
                Modelfile:2:1: error: ADAPTER has no value [QM0012]
                 2 | ADAPTER ""
                   | ^^^^^^^^^^

                """)
    }

    @Test func `unknown parameters`() {
        expect(
            "FROM x\nPARAMETER temprature 1\nPARAMETER max_tokens 9\nPARAMETER top-p 1\nPARAMETER TOP_K 3\nPARAMETER num-ctx 8\n",
            shows: """
                Modelfile:2:11: error: unknown parameter 'temprature', did you mean 'temperature'? [QM0021]
                 2 | PARAMETER temprature 1
                   |           ^^^^^^^^^^
                   = help: write 'temperature'
                Modelfile:3:11: error: unknown parameter 'max_tokens', did you mean 'num_predict'? [QM0021]
                 3 | PARAMETER max_tokens 9
                   |           ^^^^^^^^^^
                   = help: write 'num_predict'
                Modelfile:4:11: error: unknown parameter 'top-p', did you mean 'top_p'? [QM0021]
                 4 | PARAMETER top-p 1
                   |           ^^^^^
                   = help: write 'top_p'
                Modelfile:5:11: error: unknown parameter 'TOP_K', did you mean 'top_k'? [QM0021]
                 5 | PARAMETER TOP_K 3
                   |           ^^^^^
                   = help: write 'top_k'
                Modelfile:6:11: error: unknown parameter 'num-ctx', did you mean 'num_ctx'? [QM0021]
                 6 | PARAMETER num-ctx 8
                   |           ^^^^^^^
                   = help: write 'num_ctx'

                """,
            mended:
                "FROM x\nPARAMETER temperature 1\nPARAMETER num_predict 9\nPARAMETER top_p 1\nPARAMETER top_k 3\nPARAMETER num_ctx 8\n"
        )
        expect(
            "FROM x\nPARAMETER tfs_z 1\n",
            shows: """
                Modelfile:2:11: error: unknown parameter 'tfs_z' [QM0021]
                 2 | PARAMETER tfs_z 1
                   |           ^^^^^
                   = note: it was an option of older runners and no longer exists
                   = help: delete the line

                """, mended: "FROM x\n")
        expect(
            "FROM x\nPARAMETER grammar x\n",
            shows: """
                Modelfile:2:11: error: unknown parameter 'grammar' [QM0021]
                 2 | PARAMETER grammar x
                   |           ^^^^^^^
                   = note: what form an answer has is said when it is asked for: quern run --format

                """)
    }

    @Test func `a parameter without the word`() {
        expect(
            "FROM x\ntemperature 1\n",
            shows: """
                Modelfile:2:1: error: text outside an instruction, did you mean 'PARAMETER temperature'? [QM0011]
                 2 | temperature 1
                   | ^^^^^^^^^^^^^
                   = help: write 'PARAMETER' before it

                """, mended: "FROM x\nPARAMETER temperature 1\n")
    }

    @Test func `values of the wrong type`() {
        expect(
            "FROM x\nPARAMETER top_k 1.5\nPARAMETER top_p inf\nPARAMETER use_mmap yes\nPARAMETER seed \"\"\nPARAMETER num_ctx 4k\n",
            shows: """
                Modelfile:2:17: error: parameter 'top_k' wants a whole number, not '1.5' [QM0022]
                 2 | PARAMETER top_k 1.5
                   |                 ^^^
                Modelfile:3:17: error: parameter 'top_p' wants a number, not 'inf' [QM0022]
                 3 | PARAMETER top_p inf
                   |                 ^^^
                Modelfile:4:20: error: parameter 'use_mmap' wants true or false, not 'yes' [QM0022]
                 4 | PARAMETER use_mmap yes
                   |                    ^^^
                   = help: write 'true'
                Modelfile:5:17: error: parameter 'seed' wants a whole number, not '' [QM0022]
                 5 | PARAMETER seed ""
                   |                 ^
                Modelfile:6:19: error: parameter 'num_ctx' wants a whole number, not '4k' [QM0022]
                 6 | PARAMETER num_ctx 4k
                   |                   ^^
                   = help: write '4096'

                """)
    }

    @Test func `a whole number with an exponent`() {
        expect(
            "FROM x\nPARAMETER num_ctx 1.048576e+06\n",
            shows: """
                Modelfile:2:19: error: parameter 'num_ctx' wants a whole number, not '1.048576e+06' [QM0022]
                 2 | PARAMETER num_ctx 1.048576e+06
                   |                   ^^^^^^^^^^^^
                   = help: write '1048576'

                """, mended: "FROM x\nPARAMETER num_ctx 1048576\n")
    }

    @Test func `a comment behind a value`() {
        expect(
            "FROM x\nPARAMETER top_k 40  # most\n",
            shows: """
                Modelfile:2:21: error: a comment behind the value of parameter 'top_k' is taken for part of the value [QM0022]
                 2 | PARAMETER top_k 40  # most
                   |                     ^^^^^^
                   = help: delete the comment, or move it to a line of its own

                """, mended: "FROM x\nPARAMETER top_k 40\n")
    }

    @Test func `deprecated parameters`() {
        expect(
            "FROM x\nPARAMETER mirostat 1\n",
            shows: """
                Modelfile:2:11: warning: parameter 'mirostat' is deprecated and has no effect [QM0023]
                 2 | PARAMETER mirostat 1
                   |           ^^^^^^^^
                   = help: delete the line

                """, mended: "FROM x\n")
    }

    @Test func `unknown roles`() {
        expect(
            "FROM x\nMESSAGE User hi\nMESSAGE AI hi\nMESSAGE narrator hi\n",
            shows: """
                Modelfile:2:9: error: message role must be one of 'system', 'user' or 'assistant', not 'User' [QM0024]
                 2 | MESSAGE User hi
                   |         ^^^^
                   = help: write 'user'
                Modelfile:3:9: error: message role must be one of 'system', 'user' or 'assistant', not 'AI' [QM0024]
                 3 | MESSAGE AI hi
                   |         ^^
                   = help: write 'assistant'
                Modelfile:4:9: error: message role must be one of 'system', 'user' or 'assistant', not 'narrator' [QM0024]
                 4 | MESSAGE narrator hi
                   |         ^^^^^^^^

                """)
    }

    @Test func `versions`() {
        expect(
            "FROM x\nREQUIRES 01.2\n",
            shows: """
                Modelfile:2:10: error: '01.2' is not a semantic version such as 0.14.0 [QM0025]
                 2 | REQUIRES 01.2
                   |          ^^^^

                """)
    }

    @Test func `values given twice`() {
        expect(
            "FROM x\nPARAMETER seed 1\nPARAMETER stop a\nPARAMETER stop b\nPARAMETER seed 2\n",
            shows: """
                Modelfile:2:1: warning: seed is given again below, so this value has no effect [QM0026]
                 2 | PARAMETER seed 1
                   | ^^^^^^^^^^^^^^^^
                Modelfile:5:1: note: the value that counts
                 5 | PARAMETER seed 2
                   | ^^^^^^^^^^^^^^^^

                """)
    }

    @Test func `a draft that is the model`() {
        expect(
            "FROM ./a\nDRAFT ./a\n",
            shows: """
                Modelfile:2:7: error: DRAFT must not be the model that FROM names: './a' [QM0027]
                 2 | DRAFT ./a
                   |       ^^^
                Modelfile:1:6: note: the model is named here
                 1 | FROM ./a
                   |      ^^^

                """)
    }

    @Test func `invisible characters around a name`() {
        expect(
            "FROM x\u{A0}\nPARAMETER seed \u{200B}1\nPARAMETER stop \"\u{A0}\"\n",
            shows: """
                Modelfile:1:7: warning: invisible character U+00A0 NO-BREAK SPACE around the value of FROM [QM0003]
                 1 | FROM x\u{A0}
                   |       ^
                   = help: delete it
                Modelfile:2:16: warning: invisible character U+200B ZERO WIDTH SPACE around the value of seed [QM0003]
                 2 | PARAMETER seed \u{200B}1
                   |                ^
                   = help: delete it

                """, mended: "FROM x\nPARAMETER seed 1\nPARAMETER stop \"\u{A0}\"\n")
    }
}
