import Diagnostics
import Foundation
import JSONText
import ModelfilePlan
import ModelfileSyntax
import TestSupport
import Testing

@Suite struct BuildPlanTests {
    private let everything = """
        # comment
        FROM ./model.gguf
        FROM ./mmproj.gguf
        ADAPTER ./lora.gguf
        DRAFT ./draft.gguf
        PARAMETER temperature 0.7
        PARAMETER num_ctx 1048576
        PARAMETER use_mmap T
        PARAMETER stop "<|im_end|>"
        PARAMETER stop " "
        TEMPLATE \"""{{ .Prompt }}
        \"""
        SYSTEM　你好 "x"
        SYSTEM 你好　"x"
        MESSAGE user hi: there
        MESSAGE assistant ""
        LICENSE one
        LICENSE two
        REQUIRES v0.14.0
        RENDERER qwen3
        PARSER qwen3
        """

    @Test func `every instruction finds its place`() throws {
        let text = everything.replacing("SYSTEM　你好 \"x\"\n", with: "")
        let (plan, diagnostics) = BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText(text)), quantization: "Q4_K_M")
        #expect(diagnostics.isEmpty)
        #expect(
            try #require(plan).json.text(.pretty) == """
                {
                  "sources": [
                    "./model.gguf",
                    "./mmproj.gguf"
                  ],
                  "adapters": [
                    "./lora.gguf"
                  ],
                  "drafts": [
                    "./draft.gguf"
                  ],
                  "template": "{{ .Prompt }}\\n",
                  "system": "你好　\\"x\\"",
                  "parameters": {
                    "num_ctx": 1048576,
                    "stop": [
                      "<|im_end|>",
                      " "
                    ],
                    "temperature": 0.7,
                    "use_mmap": true
                  },
                  "messages": [
                    {
                      "role": "user",
                      "content": "hi: there"
                    },
                    {
                      "role": "assistant",
                      "content": ""
                    }
                  ],
                  "licenses": [
                    "one",
                    "two"
                  ],
                  "requires": "0.14.0",
                  "renderer": "qwen3",
                  "parser": "qwen3",
                  "quantization": "Q4_K_M",
                  "draft_quantization": null
                }
                """)
    }

    @Test func `the last of several values counts and the earlier are named`() throws {
        let (plan, diagnostics) = BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText(everything)))
        #expect(plan?.system?.value == "你好　\"x\"")
        #expect(diagnostics.map(\.rule) == [.replacedValue, .invisibleCharacter])
    }

    @Test func `places are kept for messages but are no part of the plan`() throws {
        let first = BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText("FROM x\nPARAMETER seed 1\n")))
        let second = BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText("# c\n  parameter seed \"1\"\nfrom  \"x\"")))
        #expect(first.plan == second.plan)
        #expect(first.plan?.sources.first?.range == 5..<6)
        #expect(first.plan?.parameters.range(of: "seed") == 7..<23)
    }

    @Test func `the plan is codable and the coded form is the JSON`() throws {
        let text = everything.replacing("SYSTEM　你好 \"x\"\n", with: "")
        let plan = try #require(BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText(text))).plan)
        #expect(try JSONDecoder().decode(BuildPlan.self, from: JSONEncoder().encode(plan)) == plan)
        #expect(try JSONDecoder().decode(BuildPlan.self, from: Data(plan.json.text(.compact).utf8)) == plan)
    }

    @Test func `a plan prints as a Modelfile that means the same`() throws {
        let plan = try #require(BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText(everything))).plan)
        let printed = try ModelfilePrinter.print(plan.entries)
        #expect(
            printed == """
                FROM ./model.gguf
                ADAPTER ./lora.gguf
                DRAFT ./draft.gguf
                FROM ./mmproj.gguf
                TEMPLATE "{{ .Prompt }}
                "
                SYSTEM 你好　"x"
                RENDERER qwen3
                PARSER qwen3
                REQUIRES 0.14.0
                PARAMETER num_ctx 1048576
                PARAMETER stop <|im_end|>
                PARAMETER stop " "
                PARAMETER temperature 0.7
                PARAMETER use_mmap true
                LICENSE one
                LICENSE two
                MESSAGE user hi: there
                MESSAGE assistant ""

                """)
        #expect(BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText(printed))).plan == plan)
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `real Modelfiles give a plan that prints and reads back`() throws {
        var plans = 0
        for file in try SharedData.files(in: "modelfiles") {
            let tree = ModelfileSyntaxTree(parsing: [UInt8](try Data(contentsOf: file)), name: file.lastPathComponent)
            let (plan, diagnostics) = BuildPlan.make(from: tree)
            #expect((plan == nil) == diagnostics.containsErrors, "\(file.lastPathComponent)")
            guard let plan else { continue }
            plans += 1
            let printed = try ModelfilePrinter.print(plan.entries)
            #expect(
                BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText(printed))).plan == plan, "\(file.lastPathComponent)")
        }
        #expect(plans > 200)
    }
}
