import ArgumentParser

/// The program's commands, in the order in which help lists them.
struct QuernCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quern",
        abstract: "Compile Modelfiles into model packages, and run what was built",
        discussion: """
            EXAMPLES
              quern check                                  say what is wrong with ./Modelfile
              quern create chat -f Modelfile -q Q4_K_M     build a package
              quern run chat "Why is the sky blue?"        ask it
              quern serve                                  answer Ollama's clients
              quern show chat                              look inside
              quern verify .                               prove ./Modelfile's TEMPLATE right
              quern quantize in.gguf out.gguf Q8_0         quantize a file

            ENVIRONMENT
              OLLAMA_MODELS      folder of the model store (~/.ollama/models)
              OLLAMA_NOPRUNE     keep blobs that no model needs any more
              OLLAMA_NOHISTORY   keep no history of lines typed
              QUERN_KERNELS      kernels to use: scalar, avx2, avx512, neon, dotprod
              NO_COLOR           no colour

            Exit codes: 0 success, 1 failure, 2 a command line that makes no sense.
            """,
        version: Invocation.version,
        subcommands: [
            CreateCommand.self, CheckCommand.self, TestCommand.self, CompileCommand.self, FormatCommand.self,
            ExplainCommand.self, ShowCommand.self, ServeCommand.self, RunCommand.self, StopCommand.self, EmbedCommand.self,
            ListCommand.self, RunningCommand.self, CopyCommand.self, RemoveCommand.self, QuantizeCommand.self, GGUFCommand.self,
            BatchCommand.self, ImatrixCommand.self, MeasureCommand.self, VerifyCommand.self, TemplateCommand.self,
            TokenizeCommand.self, GrammarCommand.self, LogitsCommand.self, BenchCommand.self, LanguageServerCommand.self,
            CompletionsCommand.self,
        ])
}
