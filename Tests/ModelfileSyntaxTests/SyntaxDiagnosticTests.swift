import Diagnostics
import ModelfileSyntax
import Testing

/// What a person sees for each mistake of structure, and that reading goes on behind it.
@Suite struct SyntaxDiagnosticTests {
    private func expect(_ text: String, shows expected: String, entries: [ModelfileEntry]? = nil, mended: String? = nil) {
        let tree = ModelfileSyntaxTree(parsing: SourceText(text))
        #expect(TerminalRenderer().render(tree.diagnostics, in: tree.source) == expected)
        #expect(tree.description == text)
        if let entries { #expect(tree.entries == entries) }
        if let mended {
            let result = tree.source.applying(tree.diagnostics.flatMap(\.fixIts))
            #expect(result == mended)
            #expect(!ModelfileSyntaxTree(parsing: SourceText(result)).diagnostics.containsErrors)
        }
    }

    @Test func `misspelt instruction`() {
        expect(
            "FROM x\nPARAMETR seed 1\nSYTEM \"\"\"a\nb\"\"\"\nSYSTEM c\n",
            shows: """
                Modelfile:2:1: error: unknown instruction 'PARAMETR', did you mean 'PARAMETER'? [QM0010]
                 2 | PARAMETR seed 1
                   | ^^^^^^^^
                   = help: write 'PARAMETER'
                Modelfile:3:1: error: unknown instruction 'SYTEM', did you mean 'SYSTEM'? [QM0010]
                 3 | SYTEM \"""a
                   | ^^^^^
                   = help: write 'SYSTEM'

                """,
            entries: [ModelfileEntry(.from, "x"), ModelfileEntry(.system, "c")],
            mended: "FROM x\nPARAMETER seed 1\nSYSTEM \"\"\"a\nb\"\"\"\nSYSTEM c\n")
    }

    @Test func `instruction of another tool`() {
        expect(
            "FROM x\nEXPOSE 80\nprompt hi\n",
            shows: """
                Modelfile:2:1: error: unknown instruction 'EXPOSE' [QM0010]
                 2 | EXPOSE 80
                   | ^^^^^^
                   = note: the instructions are FROM, PARAMETER, TEMPLATE, SYSTEM, ADAPTER, LICENSE, MESSAGE, REQUIRES, RENDERER, \
                PARSER, DRAFT
                Modelfile:3:1: error: unknown instruction 'prompt', did you mean 'TEMPLATE'? [QM0010]
                 3 | prompt hi
                   | ^^^^^^
                   = help: write 'TEMPLATE'

                """)
    }

    @Test func `text of several lines without quotes`() {
        expect(
            "FROM x\nSYSTEM You are\na pirate.\n\nFrom now on\nrhyme.\nPARAMETER seed 1\n",
            shows: """
                Modelfile:3:1: error: text outside an instruction (3 lines) [QM0011]
                 3 | a pirate.
                   | ^^^^^^^^^
                Modelfile:2:1: note: the value of SYSTEM has no quotes, so it ends with its line
                 2 | SYSTEM You are
                   | ^^^^^^
                   = help: put the text between \""" and \"""

                """,
            entries: [ModelfileEntry(.from, "x"), ModelfileEntry(.system, "You are"), ModelfileEntry(.parameter, "seed", "1")],
            mended: "FROM x\nSYSTEM \"\"\"You are\na pirate.\n\nFrom now on\nrhyme.\"\"\"\nPARAMETER seed 1\n")
    }

    @Test func `text behind closed quotes`() {
        expect(
            "FROM x\nSYSTEM \"\"\"a\"\"\"\nmore\n",
            shows: """
                Modelfile:3:1: error: text outside an instruction [QM0011]
                 3 | more
                   | ^^^^
                Modelfile:2:12: note: the value of SYSTEM ends at these quotes
                 2 | SYSTEM \"""a\"""
                   |            ^^^

                """)
    }

    @Test func `missing values`() {
        expect(
            "FROM\nPARAMETER \nPARAMETER seed\nMESSAGE\nMESSAGE user",
            shows: """
                Modelfile:1:1: error: FROM has no value [QM0012]
                 1 | FROM
                   | ^^^^
                Modelfile:2:1: error: PARAMETER has no name and no value [QM0012]
                 2 | PARAMETER
                   | ^^^^^^^^^
                Modelfile:3:1: error: PARAMETER seed has no value [QM0012]
                 3 | PARAMETER seed
                   | ^^^^^^^^^^^^^^
                Modelfile:4:1: error: MESSAGE has no role and no text [QM0012]
                 4 | MESSAGE
                   | ^^^^^^^
                Modelfile:5:1: error: MESSAGE user has no value [QM0012]
                 5 | MESSAGE user
                   | ^^^^^^^^^^^^

                """, entries: [])
    }

    @Test func `quotes below the instruction`() {
        expect(
            "FROM x\nSYSTEM \n  \"\"\"a\nb\"\"\"\n",
            shows: """
                Modelfile:2:1: error: the value of SYSTEM must begin on the same line [QM0012]
                 2 | SYSTEM
                   | ^^^^^^
                   = help: join the lines

                """,
            entries: [ModelfileEntry(.from, "x"), ModelfileEntry(.system, "a\nb")], mended: "FROM x\nSYSTEM \"\"\"a\nb\"\"\"\n")
    }

    @Test func `quotes never closed`() {
        expect(
            "SYSTEM \"\"\"You are\na pirate.\n\nPARAMETER seed 1\nFROM x\n",
            shows: """
                Modelfile:1:8: error: these quotes are never closed [QM0013]
                 1 | SYSTEM \"""You are
                   |        ^^^
                Modelfile:2:10: note: the text is taken to end here
                 2 | a pirate.
                   |          ^
                   = help: write \""" at the end of the text

                """,
            entries: [
                ModelfileEntry(.system, "You are\na pirate."), ModelfileEntry(.parameter, "seed", "1"), ModelfileEntry(.from, "x"),
            ],
            mended: "SYSTEM \"\"\"You are\na pirate.\"\"\"\n\nPARAMETER seed 1\nFROM x\n")
    }

    @Test func `a comment behind the quotes`() {
        expect(
            "FROM x\nSYSTEM \"a\"  # why\n",
            shows: """
                Modelfile:2:8: error: these quotes are never closed [QM0013]
                 2 | SYSTEM "a"  # why
                   |        ^
                Modelfile:2:13: note: text behind these quotes keeps them from closing the value
                 2 | SYSTEM "a"  # why
                   |             ^^^^^

                """)
    }

    @Test func `a value that swallows instructions`() {
        expect(
            "FROM x\nSYSTEM \"You\" are a pirate\nPARAMETER seed 1\nPARAMETER stop \"a\"\n",
            shows: """
                Modelfile:2:14: warning: text behind the quotes keeps them from closing the value [QM0014]
                 2 | SYSTEM "You" are a pirate
                   |              ^^^^^^^^^^^^
                Modelfile:3:1: note: this line is part of the value
                 3 | PARAMETER seed 1
                   | ^^^^^^^^^^^^^^^^
                Modelfile:4:18: note: the value ends here
                 4 | PARAMETER stop "a"
                   |                  ^

                """,
            entries: [
                ModelfileEntry(.from, "x"), ModelfileEntry(.system, "You\" are a pirate\nPARAMETER seed 1\nPARAMETER stop \"a"),
            ])
    }

    @Test func `a value that only the next one's quotes close`() {
        expect(
            "FROM x\nSYSTEM \"\"\"You are\na pirate.\nPARAMETER seed 1\nTEMPLATE \"\"\"{{ .Prompt }}\"\"\"\n",
            shows: """
                Modelfile:2:8: warning: these quotes are closed only by those of a later instruction [QM0014]
                 2 | SYSTEM \"""You are
                   |        ^^^
                Modelfile:4:1: note: this line is part of the value
                 4 | PARAMETER seed 1
                   | ^^^^^^^^^^^^^^^^
                Modelfile:5:26: note: the value ends here
                 5 | TEMPLATE \"""{{ .Prompt }}\"""
                   |                          ^^^
                   = help: write \""" at the end of the text

                """,
            entries: [
                ModelfileEntry(.from, "x"),
                ModelfileEntry(.system, "You are\na pirate.\nPARAMETER seed 1\nTEMPLATE \"\"\"{{ .Prompt }}"),
            ],
            mended: "FROM x\nSYSTEM \"\"\"You are\na pirate.\"\"\"\nPARAMETER seed 1\nTEMPLATE \"\"\"{{ .Prompt }}\"\"\"\n")
    }

    @Test func `what was copied along with a Modelfile`() {
        expect(
            "```\nFROM x\n```\n",
            shows: """
                Modelfile:1:1: error: text outside an instruction [QM0011]
                 1 | ```
                   | ^^^
                   = note: ``` and ~~~ are fences of Markdown, not of a Modelfile
                   = help: delete it
                Modelfile:3:1: error: text outside an instruction [QM0011]
                 3 | ```
                   | ^^^
                   = note: ``` and ~~~ are fences of Markdown, not of a Modelfile
                   = help: delete it

                """, mended: "FROM x\n")
        expect(
            "FROM x\nollama create y -f Modelfile\n",
            shows: """
                Modelfile:2:1: error: text outside an instruction [QM0011]
                 2 | ollama create y -f Modelfile
                   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                   = note: a command for the shell, not for the Modelfile
                   = help: delete it

                """, mended: "FROM x\n")
    }

    @Test func `a text between single quotes by threes`() {
        expect(
            "FROM x\nSYSTEM '''You are\na pirate.'''\n",
            shows: """
                Modelfile:3:1: error: text outside an instruction [QM0011]
                 3 | a pirate.'''
                   | ^^^^^^^^^^^^
                Modelfile:2:8: note: ''' are no quotes in a Modelfile, \""" are
                 2 | SYSTEM '''You are
                   |        ^^^
                   = help: write \""" for '''

                """, mended: "FROM x\nSYSTEM \"\"\"You are\na pirate.\"\"\"\n")
    }

    @Test func `a text may contain what looks like instructions`() {
        expect("FROM x\nSYSTEM \"\"\"Write:\nFROM y\nSYSTEM \"z\"\n\"\"\"\n", shows: "")
    }

    @Test func `something else where a blank belongs`() {
        expect(
            "FROM: x\nPARAMETER seed=1\nMESSAGE user: hi\nSYSTEM\"a\"\n",
            shows: """
                Modelfile:1:5: error: ':' after 'FROM' where a blank is wanted [QM0015]
                 1 | FROM: x
                   |     ^
                   = help: write a blank
                Modelfile:2:15: error: '=' after 'seed' where a blank is wanted [QM0015]
                 2 | PARAMETER seed=1
                   |               ^
                   = help: write a blank
                Modelfile:3:13: error: ':' after 'user' where a blank is wanted [QM0015]
                 3 | MESSAGE user: hi
                   |             ^
                   = help: write a blank
                Modelfile:4:7: error: no blank between 'SYSTEM' and the quotes [QM0015]
                 4 | SYSTEM"a"
                   |       ^
                   = help: insert a blank

                """,
            entries: [
                ModelfileEntry(.from, "x"), ModelfileEntry(.parameter, "seed", "1"), ModelfileEntry(.message, "user", "hi"),
                ModelfileEntry(.system, "a"),
            ],
            mended: "FROM x\nPARAMETER seed 1\nMESSAGE user hi\nSYSTEM \"a\"\n")
    }

    @Test func `invisible characters`() {
        expect(
            "\u{A0}FROM\u{3000}x\n",
            shows: """
                Modelfile:1:1: warning: invisible character U+00A0 NO-BREAK SPACE outside a value [QM0003]
                 1 | \u{A0}FROM\u{3000}x
                   | ^
                   = help: write ' '
                Modelfile:1:6: warning: invisible character U+3000 IDEOGRAPHIC SPACE where a blank belongs [QM0003]
                 1 | \u{A0}FROM\u{3000}x
                   |      ^^
                   = help: write ' '

                """, entries: [ModelfileEntry(.from, "x")], mended: " FROM x\n")
    }
}
