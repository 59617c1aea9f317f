import Diagnostics
import ModelfilePlan
import ModelfileSuperset
import ModelfileSyntax
import Testing

/// What files in the superset compile to.
@Suite struct CompilationTests {
    @Test func `a plain file compiles to itself`() throws {
        let text = "from x\n\n\nSYSTEM   ${NAME} <<END\n"
        let program = ModelfileProgram(ModelfileSyntaxTree(parsing: SourceText(text)), files: .none)
        #expect(try program.compile().tree.source.text == text && program.diagnostics.isEmpty && program.isPlain)
    }

    @Test func `names are replaced in every value`() throws {
        let test = TestProgram(
            """
            ARG SIZE=3b
            ARG WHO="a pirate"
            arg TAG=${SIZE}-q4
            FROM llama:${TAG}
            PARAMETER stop "${WHO}:"
            SYSTEM You are ${WHO}, $5 the ${SIZE}.
            MESSAGE user \"\"\"I am $${WHO}, not
            ${WHO}\"\"\"

            """)
        #expect(
            try test.compiled() == """
                FROM llama:3b-q4
                PARAMETER stop a pirate:
                SYSTEM You are a pirate, $5 the 3b.
                MESSAGE user "I am ${WHO}, not
                a pirate"

                """)
        #expect(test.messages.isEmpty)
    }

    @Test func `values from outside win, and nothing in them is replaced`() throws {
        let test = TestProgram("ARG A=1\nARG B\nFROM x\nSYSTEM ${A} ${B}\n", arguments: ["A": "${B}", "B": "2"])
        #expect(try test.compiled() == "FROM x\nSYSTEM ${B} 2\n")
    }

    @Test func `texts between marks keep their lines and lose the last newline`() throws {
        let test = TestProgram(
            "ARG A=1\nFROM x\nSYSTEM <<END\none ${A}\n\n \"\"\" END\nEND\nTEMPLATE <<'T'\n{{ .Prompt }}${A}\nT\nLICENSE <<E\nE\n")
        #expect(
            try test.compiled()
                == "FROM x\nSYSTEM \"\"\"one 1\n\n \"\"\" END\"\"\"\nTEMPLATE {{ .Prompt }}${A}\nLICENSE \"\"\n")
        #expect(test.messages.isEmpty)
    }

    @Test func `a file's text comes without its last newline and as it is`() throws {
        let test = TestProgram(
            "ARG N=chat\nFROM x\nTEMPLATE @prompts/${N}.gotmpl\nSYSTEM \"@prompts/chat.gotmpl\"\n",
            ["prompts/chat.gotmpl": "{{ .Prompt }}\n${N}\n"])
        #expect(try test.compiled() == "FROM x\nTEMPLATE \"{{ .Prompt }}\n${N}\"\nSYSTEM @prompts/chat.gotmpl\n")
        #expect(test.messages.isEmpty)
    }

    @Test func `included files read as if they stood there, with paths from their own folder`() throws {
        let test = TestProgram(
            "ARG A=1\nINCLUDE parts/house.modelfile\nFROM x\nSYSTEM ${B}\n",
            [
                "parts/house.modelfile": "ARG A=2\nARG B=${A}${A}\n# about stops\nPARAMETER stop a\nINCLUDE more/it\n",
                "parts/more/it": "PARAMETER seed ${A}\nLICENSE @../l.txt", "parts/l.txt": "free\r\n",
            ])
        #expect(
            try test.compiled() == "# about stops\nPARAMETER stop a\nPARAMETER seed 1\nLICENSE free\nFROM x\nSYSTEM 11\n")
        #expect(test.messages.isEmpty)
    }

    @Test func `a target builds on another as if that one were a package`() throws {
        let test = TestProgram(
            """
            LICENSE MIT
            FROM llama AS base
            SYSTEM one
            PARAMETER stop a
            PARAMETER top_k 5
            MESSAGE user hello
            MESSAGE assistant hi
            FROM base as small
            PARAMETER stop b
            PARAMETER stop c
            LICENSE BSD
            FROM small
            SYSTEM two
            MESSAGE user bye
            FROM other AS last
            FROM ./mmproj.gguf

            """)
        #expect(test.program.targetNames == ["base", "small", "last"] && test.messages.isEmpty)
        #expect(
            try test.compiled("small")
                == "LICENSE MIT\nFROM llama\nSYSTEM one\nPARAMETER top_k 5\nMESSAGE user hello\nMESSAGE assistant hi\n"
                + "PARAMETER stop b\nPARAMETER stop c\nLICENSE BSD\n")
        #expect(try test.compiled() == "LICENSE MIT\nFROM other\nFROM ./mmproj.gguf\n")
        #expect(
            test.program.compileAll()[2].tree.source.text
                == "LICENSE MIT\nFROM llama\nPARAMETER top_k 5\nPARAMETER stop b\nPARAMETER stop c\nLICENSE BSD\nSYSTEM two\n"
                + "MESSAGE user bye\n")
        #expect(throws: TargetError.self) { try test.compiled("smal") }
    }

    @Test func `what compiles has the plan of its plain form`() throws {
        let test = TestProgram("FROM x AS y\nPARAMETER num_ctx 1048576\nSYSTEM <<A\n  \"\nb\nA\n")
        let plan = try #require(BuildPlan.make(from: try test.program.compile().tree).plan)
        #expect(plan.system?.value == "  \"\nb" && plan.parameters["num_ctx"] == .int(1_048_576))
    }

    @Test func `a text that no plain file can hold is told`() throws {
        let test = TestProgram("FROM x\nSYSTEM <<A\none \"\ntwo \"\"\"\nthree\nA\n")
        let compiled = try test.program.compile()
        #expect(compiled.diagnostics.map(\.diagnostic.rule) == [.inexpressible])
    }
}
