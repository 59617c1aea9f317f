/// Every diagnostic that Quern gives, by id. Tests check each example and its mended form.
///
/// What reading and planning say is defined here, what only `quern check` says in `DiagnosticRule+LintTable.swift`.

extension DiagnosticRule {
    public static let table: [DiagnosticRule] = [
        invalidEncoding, unmarkedUTF16, invisibleCharacter,
        unknownInstruction, strayText, missingValue, unterminatedQuote, swallowedInstruction, missingBlank, unknownSyntax,
        missingFrom, unknownParameter, invalidParameterValue, deprecatedParameter, unknownRole, invalidVersion, replacedValue,
        draftIsBase, parameterOutOfRange,
        quotedSource, missingSource, foreignPath, shellNoise, severalSources, unpinnedSource, foreignDialect,
        adapterOfOtherBase, draftOfOtherVocabulary,
        invalidTemplate, unknownTemplateName, templateWithoutPrompt, templateWithoutResponse, ignoredSystem,
        literalQuotes,
        messageOrder, contradictoryParameters, unreachableStop, contextPastTraining, stopInPrompt,
        missingStop,
        secret,
        undefinedName, malformedSubstitution, missingArgument, invalidArgument, missingInclude, endlessInclude, includeOutside,
        invalidTarget, inexpressible,
        invalidYAML, unknownKey, invalidSetting,
    ]

    // MARK: Reading the file

    public static let invalidEncoding = DiagnosticRule(
        id: "QM0001", title: "the file is not valid UTF-8", severity: .warning,
        explanation: """
            Some bytes of the file are not text. Each such place is read as U+FFFD (�), and so would reach the model that way. \
            The file was probably saved in an older encoding (Latin-1, GBK, Shift-JIS); save it as UTF-8.
            """,
        example: "", mended: "")

    public static let unmarkedUTF16 = DiagnosticRule(
        id: "QM0002", title: "UTF-16 without a byte order mark", severity: .warning,
        explanation: """
            The file is UTF-16, as Windows tools write it, but has no byte order mark. Quern recognises it; other tools read \
            it as bytes that make no sense. Save it as UTF-8.
            """,
        example: "", mended: "")

    public static let invisibleCharacter = DiagnosticRule(
        id: "QM0003", title: "invisible character", severity: .warning,
        explanation: """
            A character that shows nothing (a no-break space, a zero-width space, a control character) stands where only the \
            structure of the file is read: around an instruction, or at the ends of a name or number. It usually comes from \
            copying out of a web page. It is skipped here; other tools may refuse it. Inside texts such as SYSTEM and \
            TEMPLATE every character is kept as written and none is reported.
            """,
        example: "FROM llama3.2\u{A0}\n", mended: "FROM llama3.2\n")

    // MARK: Structure

    public static let unknownInstruction = DiagnosticRule(
        id: "QM0010", title: "unknown instruction", severity: .error,
        explanation: """
            A line begins with a word that is no instruction of the Modelfile. The instructions are FROM, PARAMETER, TEMPLATE, \
            SYSTEM, ADAPTER, LICENSE, MESSAGE, REQUIRES, RENDERER, PARSER and DRAFT, in capitals or not.
            """,
        example: "FROM llama3.2\nPARAMETR temperature 0.7\n", mended: "FROM llama3.2\nPARAMETER temperature 0.7\n")

    public static let strayText = DiagnosticRule(
        id: "QM0011", title: "text outside an instruction", severity: .error,
        explanation: """
            The text belongs to no instruction. A value without quotes ends with its line; to give a text of several lines, \
            put it between \"\"\" and \"\"\". A comment begins with #.
            """,
        example: "FROM llama3.2\nSYSTEM You are a pirate.\nAnswer in rhymes.\n",
        mended: "FROM llama3.2\nSYSTEM \"\"\"You are a pirate.\nAnswer in rhymes.\"\"\"\n")

    public static let missingValue = DiagnosticRule(
        id: "QM0012", title: "missing value", severity: .error,
        explanation: """
            The instruction needs a value on its own line: a model or path after FROM, a name and a value after PARAMETER, a \
            role and a text after MESSAGE. A long text may begin with \"\"\" there and go on below.
            """,
        example: "FROM\n", mended: "FROM llama3.2\n")

    public static let unterminatedQuote = DiagnosticRule(
        id: "QM0013", title: "quotes are never closed", severity: .error,
        explanation: """
            A value that begins with a quote goes on until a line ends with the same quote, \" or \"\"\". There is no such line. \
            Nothing but blanks may follow the closing quote on its line, not even a comment.
            """,
        example: "FROM llama3.2\nSYSTEM \"\"\"You are a pirate.\n",
        mended: "FROM llama3.2\nSYSTEM \"\"\"You are a pirate.\"\"\"\n")

    public static let swallowedInstruction = DiagnosticRule(
        id: "QM0014", title: "a quoted value runs over the instructions after it", severity: .warning,
        explanation: """
            Text follows the quotes that were probably meant to close the value, so they do not close it, or there are no such \
            quotes at all: it goes on to the next line that ends with a quote, and the instructions in between become part of \
            the text.
            """,
        example: "FROM llama3.2\nSYSTEM \"You are\" a pirate.\nPARAMETER stop \"User:\"\n",
        mended: "FROM llama3.2\nSYSTEM You are a pirate.\nPARAMETER stop \"User:\"\n")

    public static let missingBlank = DiagnosticRule(
        id: "QM0015", title: "a blank is missing", severity: .error,
        explanation: """
            An instruction, the name of a PARAMETER and the role of a MESSAGE end with a blank. There is no = and no : in a \
            Modelfile's own syntax.
            """,
        example: "FROM llama3.2\nPARAMETER temperature=0.7\n", mended: "FROM llama3.2\nPARAMETER temperature 0.7\n")

    // MARK: Meaning

    public static let missingFrom = DiagnosticRule(
        id: "QM0020", title: "no FROM line", severity: .error,
        explanation: """
            A Modelfile says with FROM what the model is made from: the name of a model, a GGUF file, or the folder of a \
            checkpoint.
            """,
        example: "SYSTEM You are a pirate.\n", mended: "FROM llama3.2\nSYSTEM You are a pirate.\n")

    public static let unknownParameter = DiagnosticRule(
        id: "QM0021", title: "unknown parameter", severity: .error,
        explanation: """
            PARAMETER knows the options of the runner by their exact lower-case names, such as temperature, num_ctx and stop. \
            Some names of older versions (tfs_z, numa, rope_frequency_base) and of other programs (max_tokens) mean nothing here.
            """,
        example: "FROM llama3.2\nPARAMETER temprature 0.7\n", mended: "FROM llama3.2\nPARAMETER temperature 0.7\n")

    public static let invalidParameterValue = DiagnosticRule(
        id: "QM0022", title: "a parameter's value has the wrong type", severity: .error,
        explanation: """
            Each parameter wants a whole number, a number, true or false, or a text. The whole rest of the line is the value: \
            a comment cannot stand behind it.
            """,
        example: "FROM llama3.2\nPARAMETER temperature warm\n", mended: "FROM llama3.2\nPARAMETER temperature 0.9\n")

    public static let deprecatedParameter = DiagnosticRule(
        id: "QM0023", title: "deprecated parameter", severity: .warning,
        explanation: """
            The parameter was an option of older runners. A new package does not get it, so the line can be deleted. Where the \
            package of an older release has a mirostat, 'quern run' still obeys it.
            """,
        example: "FROM llama3.2\nPARAMETER mirostat 1\n", mended: "FROM llama3.2\n")

    public static let unknownRole = DiagnosticRule(
        id: "QM0024", title: "unknown message role", severity: .error,
        explanation: "The role of a MESSAGE is system, user or assistant, in small letters.",
        example: "FROM llama3.2\nMESSAGE User hello\nMESSAGE assistant Hello!\n",
        mended: "FROM llama3.2\nMESSAGE user hello\nMESSAGE assistant Hello!\n")

    public static let invalidVersion = DiagnosticRule(
        id: "QM0025", title: "not a version", severity: .error,
        explanation: "REQUIRES names the oldest version that can run the model, as a semantic version such as 0.14.0.",
        example: "FROM llama3.2\nREQUIRES latest\n", mended: "FROM llama3.2\nREQUIRES 0.14.0\n")

    public static let replacedValue = DiagnosticRule(
        id: "QM0026", title: "a value is given twice", severity: .warning,
        explanation: """
            The instruction or parameter holds one value and the last one counts; the earlier one has no effect. FROM, LICENSE, \
            MESSAGE and the parameter stop may be repeated.
            """,
        example: "FROM llama3.2\nSYSTEM You are a pirate.\nSYSTEM You are a poet.\n",
        mended: "FROM llama3.2\nSYSTEM You are a poet.\n")

    public static let draftIsBase = DiagnosticRule(
        id: "QM0027", title: "DRAFT names the model itself", severity: .error,
        explanation: "A draft model guesses ahead of the model that FROM names, so it must be another, smaller one.",
        example: "FROM ./model.gguf\nDRAFT ./model.gguf\n", mended: "FROM ./model.gguf\nDRAFT ./small.gguf\n")

    public static let parameterOutOfRange = DiagnosticRule(
        id: "QM0028", title: "a parameter's value is out of range", severity: .warning,
        explanation: """
            The value has the right type but makes no sense for the parameter: a probability above 1, a negative temperature, a \
            context window without tokens. Runners accept it and then do something that nobody asked for.
            """,
        example: "FROM llama3.2\nPARAMETER top_p 90\n", mended: "FROM llama3.2\nPARAMETER top_p 0.9\n")
}
