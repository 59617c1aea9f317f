/// What can be wrong with Quern's superset of the Modelfile, and with the YAML files beside a Modelfile.

extension DiagnosticRule {
    // MARK: Superset

    public static let unknownSyntax = DiagnosticRule(
        id: "QM0016", title: "a syntax line that means nothing", severity: .error,
        explanation: """
            A file in Quern's superset of the Modelfile begins with the line # syntax=quern/1. Another version is not known, and \
            anywhere but in the first line the comment has no effect.
            """,
        example: "# syntax=quern/2\nFROM llama3.2\n", mended: "# syntax=quern/1\nFROM llama3.2\n")

    public static let undefinedName = DiagnosticRule(
        id: "QM0070", title: "a name that no ARG defines", severity: .error,
        explanation: """
            In the superset ${NAME} stands for the value of NAME, which an ARG line above gives. Where the characters ${ \
            themselves are wanted, write $${, or put the text between <<'END' and END, where nothing is replaced.
            """,
        example: "# syntax=quern/1\nARG SIZE=3b\nFROM llama3.2:${SIZ}\n",
        mended: "# syntax=quern/1\nARG SIZE=3b\nFROM llama3.2:${SIZE}\n")

    public static let malformedSubstitution = DiagnosticRule(
        id: "QM0071", title: "something that looks like ${NAME} and is not", severity: .error,
        explanation: """
            Between ${ and } stands a name and nothing else: letters, digits and _. A default value belongs into the ARG line. Where \
            the characters ${ themselves are wanted, write $${.
            """,
        example: "# syntax=quern/1\nARG SIZE=3b\nFROM llama3.2:${SIZE:-1b}\n",
        mended: "# syntax=quern/1\nARG SIZE=1b\nFROM llama3.2:${SIZE}\n")

    public static let missingArgument = DiagnosticRule(
        id: "QM0072", title: "an ARG without a value", severity: .error,
        explanation: """
            The ARG line has no default, so whoever builds must give the value: --arg NAME=VALUE.
            """,
        example: "# syntax=quern/1\nARG SIZE\nFROM llama3.2:${SIZE}\n",
        mended: "# syntax=quern/1\nARG SIZE=3b\nFROM llama3.2:${SIZE}\n"
    )

    public static let invalidArgument = DiagnosticRule(
        id: "QM0073", title: "an ARG line that makes no sense", severity: .error,
        explanation: """
            ARG takes a name of letters, digits and _, alone or with = and a default behind it, and gives each name one value. A \
            fragment may repeat the name of an ARG of the file that includes it: then the including file's value counts.
            """,
        example: "# syntax=quern/1\nARG SIZE 3b\nFROM llama3.2:${SIZE}\n",
        mended: "# syntax=quern/1\nARG SIZE=3b\nFROM llama3.2:${SIZE}\n"
    )

    public static let missingInclude = DiagnosticRule(
        id: "QM0074", title: "a file that cannot be read", severity: .error,
        explanation: """
            INCLUDE and @ name a file by its path from the folder of the file they stand in. There is none, or it cannot be read.
            """,
        example: "# syntax=quern/1\nINCLUDE mistyped.modelfile\nFROM llama3.2\n",
        mended: "# syntax=quern/1\nINCLUDE house.modelfile\nFROM llama3.2\n")

    public static let endlessInclude = DiagnosticRule(
        id: "QM0075", title: "files that include each other without end", severity: .error,
        explanation: """
            A file includes itself, straight or by way of others, or the chain of files is longer than anybody can mean. Take the \
            common part into a file of its own.
            """,
        example: "# syntax=quern/1\nINCLUDE circle.modelfile\nFROM llama3.2\n",
        mended: "# syntax=quern/1\nINCLUDE house.modelfile\nFROM llama3.2\n")

    public static let includeOutside = DiagnosticRule(
        id: "QM0076", title: "a file outside of the Modelfile's folder", severity: .error,
        explanation: """
            INCLUDE and @ reach files in the main Modelfile's folder and in folders inside it, so that a Modelfile from somebody \
            else cannot put your files into a package. Neither .. nor a link leads out. Paths are written with /.
            """,
        example: "# syntax=quern/1\nINCLUDE ../house.modelfile\nFROM llama3.2\n",
        mended: "# syntax=quern/1\nINCLUDE house.modelfile\nFROM llama3.2\n")

    public static let invalidTarget = DiagnosticRule(
        id: "QM0077", title: "a target that makes no sense", severity: .error,
        explanation: """
            FROM … AS NAME begins a target. Names are made of letters, digits, -, _ and ., each is given once, and a target builds \
            on targets above it only.
            """,
        example: "# syntax=quern/1\nFROM base AS small\nFROM llama3.2 AS base\n",
        mended: "# syntax=quern/1\nFROM llama3.2 AS base\nFROM base AS small\n")

    public static let inexpressible = DiagnosticRule(
        id: "QM0078", title: "a text that no plain Modelfile can hold", severity: .error,
        explanation: """
            A plain Modelfile has no escapes: a text in which one line ends with \" and another with \"\"\" cannot be written there. \
            Put something behind the quotes, such as a full stop.
            """,
        example: "# syntax=quern/1\nFROM llama3.2\nSYSTEM <<END\nWrite \"\nand \"\"\"\nat the ends.\nEND\n",
        mended: "# syntax=quern/1\nFROM llama3.2\nSYSTEM <<END\nWrite \" and \"\"\" at the ends.\nEND\n")

    // MARK: YAML beside the Modelfile

    public static let invalidYAML = DiagnosticRule(
        id: "QM0080", title: "not YAML", severity: .error,
        explanation: """
            The project file .quern.yaml and the test file Modelfile.test.yaml are YAML, without anchors and aliases. A text with \
            a colon and a blank in it, or one that begins with a special character such as * or {, needs quotes.
            """,
        example: "rules: {QM0031: off\n", mended: "rules: {QM0031: off}\n")

    public static let unknownKey = DiagnosticRule(
        id: "QM0081", title: "an unknown key", severity: .error,
        explanation: """
            The project file has the keys rules, ignore, strict and failure-threshold; Documentation/Testing.md lists those of a \
            test file.
            """,
        example: "rule:\n  QM0031: off\n", mended: "rules:\n  QM0031: off\n")

    public static let invalidSetting = DiagnosticRule(
        id: "QM0082", title: "a value that its key cannot have", severity: .error,
        explanation: """
            The value has the wrong kind or is none of those that the key can have: rules are set to off, note, warning or error by \
            their ids, as quern explain lists them.
            """,
        example: "rules:\n  QM0031: of\n", mended: "rules:\n  QM0031: off\n")
}
