/// The rules of `quern check` beyond what reading and planning find: things that are allowed and still go wrong.

extension DiagnosticRule {
    // MARK: Sources

    public static let quotedSource = DiagnosticRule(
        id: "QM0030", title: "a name or path in quotes", severity: .warning,
        explanation: """
            FROM, ADAPTER and DRAFT take the whole rest of the line, blanks included, so quotes are never needed; older versions \
            of Ollama took them for part of the name.
            """,
        example: "FROM \"llama3.2\"\n", mended: "FROM llama3.2\n")

    public static let missingSource = DiagnosticRule(
        id: "QM0031", title: "nothing is at this path", severity: .warning,
        explanation: """
            The text is meant as a path, but no file or folder is there. Paths start at the Modelfile's folder. Ollama takes \
            what is not there for the name of a model and tries to download it, with an error that says nothing about paths.
            """,
        example: "FROM ./mistyped.gguf\n", mended: "FROM ./model.gguf\n")

    public static let foreignPath = DiagnosticRule(
        id: "QM0032", title: "a path that only one system or shell understands", severity: .warning,
        explanation: """
            Backslashes, drive letters, network shares, ~ and variables such as %USERPROFILE% or $HOME mean something to one \
            system or to a shell, not to a Modelfile that others build too. Write a path relative to the Modelfile, with /.
            """,
        example: "FROM .\\model.gguf\n", mended: "FROM ./model.gguf\n")

    public static let shellNoise = DiagnosticRule(
        id: "QM0033", title: "more than a name or path after FROM", severity: .warning,
        explanation: """
            A Modelfile is no shell script and no Dockerfile: everything on the line is the name. A comment needs a line of its \
            own, and commands, options, pipes, AS and variables mean nothing here.
            """,
        example: "FROM llama3.2 # the small one\n", mended: "FROM llama3.2\n")

    public static let severalSources = DiagnosticRule(
        id: "QM0034", title: "several FROM lines that make no model together", severity: .warning,
        explanation: """
            A package holds one model. A second FROM adds a projector that lies in a file of its own; it cannot add another \
            model by name, and naming the same source twice has no use.
            """,
        example: "FROM llama3.2\nFROM mistral\n", mended: "FROM llama3.2\n")

    public static let unpinnedSource = DiagnosticRule(
        id: "QM0035", title: "FROM without a fixed version", severity: .warning,
        explanation: """
            A name without a tag means latest, which is another model tomorrow. Name the tag, with size and quantization, so \
            that the package can be built again.
            """,
        example: "FROM llama3.2\n", mended: "FROM llama3.2:3b-instruct-q4_K_M\n", isStrict: true)

    public static let foreignDialect = DiagnosticRule(
        id: "QM0036", title: "a file of another tool", severity: .error,
        explanation: """
            The instructions are those of another tool: modctl's Modelfile (NAME, ARCH, FAMILY, CONFIG, MODEL …) lists the files \
            of a model for an OCI registry, a Dockerfile (RUN, COPY, CMD …) builds a container image. Quern reads the Modelfile \
            that Ollama defined.
            """,
        example: "NAME llama3-8b\nARCH transformer\nFAMILY llama3\nCONFIG config.json\nMODEL *.safetensors\n",
        mended: "FROM ./model.gguf\n")

    public static let adapterOfOtherBase = DiagnosticRule(
        id: "QM0037", title: "an adapter that was made for another model", severity: .warning,
        explanation: """
            An adapter changes the weights of the model that it was trained on, and means nothing to any other. The two files \
            say themselves what they are: architecture, width and number of layers must be the same.
            """,
        example: "FROM ./model.gguf\nADAPTER ./other-adapter.gguf\n", mended: "FROM ./model.gguf\nADAPTER ./adapter.gguf\n")

    public static let draftOfOtherVocabulary = DiagnosticRule(
        id: "QM0038", title: "a draft model with another vocabulary", severity: .warning,
        explanation: """
            A draft model guesses tokens ahead, which the model then looks at. Both must have the same tokens under the same \
            numbers, as models of one family have; any other draft is left out when the model runs.
            """,
        example: "FROM ./model.gguf\nDRAFT ./other-small.gguf\n", mended: "FROM ./model.gguf\nDRAFT ./small.gguf\n")

    // MARK: Template

    public static let invalidTemplate = DiagnosticRule(
        id: "QM0040", title: "TEMPLATE does not parse", severity: .error,
        explanation: """
            The template is written in the language of Go's text/template: every {{ if }}, {{ range }} and {{ with }} has its \
            {{ end }}, and functions are those of Go with json, currentDate, yesterdayDate and toTypeScriptType.
            """,
        example: "FROM llama3.2\nTEMPLATE \"{{ if .System }}{{ .System }} {{ .Prompt }} {{ .Response }}\"\n",
        mended: "FROM llama3.2\nTEMPLATE \"{{ if .System }}{{ .System }} {{ end }}{{ .Prompt }} {{ .Response }}\"\n")

    public static let unknownTemplateName = DiagnosticRule(
        id: "QM0041", title: "TEMPLATE asks for something that does not exist", severity: .warning,
        explanation: """
            A template is given System, Prompt, Response, Suffix, Messages, Tools, Think, ThinkLevel and IsThinkSet, and what lies \
            inside of messages and tools, in exactly this spelling. Any other name is empty, always: what depends on it never \
            appears. First was a variable of early versions and no longer exists.
            """,
        example: "FROM llama3.2\nTEMPLATE \"{{ .system }} {{ .Prompt }} {{ .Response }}\"\n",
        mended: "FROM llama3.2\nTEMPLATE \"{{ .System }} {{ .Prompt }} {{ .Response }}\"\n")

    public static let templateWithoutPrompt = DiagnosticRule(
        id: "QM0042", title: "TEMPLATE without the user's message", severity: .warning,
        explanation: """
            The template mentions neither .Prompt nor .Messages, so the model never sees what it is asked.
            """,
        example: "FROM llama3.2\nTEMPLATE \"{{ .System }} {{ .Response }}\"\n",
        mended: "FROM llama3.2\nTEMPLATE \"{{ .System }} {{ .Prompt }} {{ .Response }}\"\n")

    public static let templateWithoutResponse = DiagnosticRule(
        id: "QM0043", title: "TEMPLATE without .Response or .Messages", severity: .note,
        explanation: """
            Where a template mentions neither .Response nor .Messages, answers are put at its very end. In a conversation, what \
            should follow an answer, such as the token that ends a turn, is then missing after every earlier answer.
            """,
        example: "FROM llama3.2\nTEMPLATE \"[INST] {{ .Prompt }} [/INST]\"\n",
        mended: "FROM llama3.2\nTEMPLATE \"[INST] {{ .Prompt }} [/INST] {{ .Response }}</s>\"\n")

    public static let ignoredSystem = DiagnosticRule(
        id: "QM0044", title: "TEMPLATE ignores SYSTEM", severity: .warning,
        explanation: """
            The file gives a system prompt, but its template mentions neither .System nor .Messages, so the model never sees it.
            """,
        example: "FROM llama3.2\nSYSTEM You are a pirate.\nTEMPLATE \"{{ .Prompt }} {{ .Response }}\"\n",
        mended: "FROM llama3.2\nSYSTEM You are a pirate.\nTEMPLATE \"{{ .System }} {{ .Prompt }} {{ .Response }}\"\n")

    public static let literalQuotes = DiagnosticRule(
        id: "QM0045", title: "quotes that are part of the text", severity: .warning,
        explanation: """
            Only \" and \"\"\" are quotes. Single quotes, and the curly ones that word processors make of straight ones, are \
            characters of the text, and the model reads them.
            """,
        example: "FROM llama3.2\nSYSTEM 'You are a pirate.'\n", mended: "FROM llama3.2\nSYSTEM \"You are a pirate.\"\n")

    // MARK: Conversation and parameters

    public static let messageOrder = DiagnosticRule(
        id: "QM0050", title: "MESSAGE roles out of order", severity: .warning,
        explanation: """
            An example conversation begins with the user, or with a system message and then the user; user and assistant take \
            turns, and the assistant has the last word. Models are trained on that order, and many templates refuse another.
            """,
        example: "FROM llama3.2\nMESSAGE user Hello\nMESSAGE user How are you?\nMESSAGE assistant Fine.\n",
        mended: "FROM llama3.2\nMESSAGE user Hello, how are you?\nMESSAGE assistant Fine.\n")

    public static let contradictoryParameters = DiagnosticRule(
        id: "QM0051", title: "parameters that contradict each other", severity: .warning,
        explanation: """
            One parameter makes another one useless or impossible: with top_k 1 or temperature 0 the likeliest token is always \
            taken and nothing is left to choose; a penalty over the last 0 tokens has no effect; more tokens cannot be kept or \
            generated than the context window holds.
            """,
        example: "FROM llama3.2\nPARAMETER temperature 0\nPARAMETER top_p 0.5\n", mended: "FROM llama3.2\nPARAMETER temperature 0\n"
    )

    public static let unreachableStop = DiagnosticRule(
        id: "QM0052", title: "a stop text that never occurs", severity: .warning,
        explanation: """
            A stop text is compared with the model's answer as written. It has no escapes, no lists and no single quotes: \\n is a \
            backslash and an n, ['a', 'b'] is one text with brackets. Give each text on a line of its own; a line break is \
            written as a line break between quotes. An empty text or the same text again has no effect.
            """,
        example: "FROM llama3.2\nPARAMETER stop '</s>'\n", mended: "FROM llama3.2\nPARAMETER stop </s>\n")

    public static let contextPastTraining = DiagnosticRule(
        id: "QM0053", title: "num_ctx is larger than the model was trained for", severity: .warning,
        explanation: """
            The model's own metadata says for how many tokens it was trained. Beyond them answers get worse, up to nonsense, \
            and runners cut the window back.
            """,
        example: "FROM ./model.gguf\nPARAMETER num_ctx 1000000\n", mended: "FROM ./model.gguf\nPARAMETER num_ctx 8192\n")

    public static let stopInPrompt = DiagnosticRule(
        id: "QM0054", title: "a stop text that cuts every answer short", severity: .warning,
        explanation: """
            The text occurs where the template itself lets an answer begin, in its thinking or in its tool calls, or it is so \
            short that any answer has it: generation ends before anything was said. A stop text is what ends a turn, such as \
            <|im_end|>, or what would begin the user's next one.
            """,
        example: "FROM llama3.2\nPARAMETER stop \" \"\n", mended: "FROM llama3.2\nPARAMETER stop \"User:\"\n")

    public static let missingStop = DiagnosticRule(
        id: "QM0055", title: "no stop for the token that ends a turn", severity: .note,
        explanation: """
            The template ends each turn with a token that the file names nowhere as a stop text. A model whose own metadata \
            calls that token the end of its turn stops by itself; any other goes on and plays both sides of the conversation.
            """,
        example:
            "FROM ./model.gguf\nTEMPLATE \"<|user|>{{ .Prompt }}<|end|><|bot|>{{ .Response }}<|end|>\"\nPARAMETER stop <|user|>\n",
        mended:
            "FROM ./model.gguf\nTEMPLATE \"<|user|>{{ .Prompt }}<|end|><|bot|>{{ .Response }}<|end|>\"\nPARAMETER stop <|end|>\n")

    // MARK: Safety

    public static let secret = DiagnosticRule(
        id: "QM0060", title: "a secret in the text", severity: .warning,
        explanation: """
            The text looks like a key or password of a service. Whatever stands in a Modelfile is part of the package, and \
            anybody who has the package can read it with show. Take the secret back where it was issued, then delete it here.
            """,
        example: "FROM llama3.2\nSYSTEM Use the key AKIAIOSFODNN7EXAMPLE.\n", mended: "FROM llama3.2\nSYSTEM Ask for the key.\n")
}
