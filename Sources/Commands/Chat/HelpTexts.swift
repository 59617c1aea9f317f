import ModelfilePlan

/// What `/?` and its topics say.
enum HelpTexts {
    static func text(topic: String?) -> String {
        switch topic {
        case "set": set
        case "show": show
        case "parameters": parameters
        case "shortcuts", "shortcut": shortcuts
        default: commands
        }
    }

    private static let commands = """
        Available Commands:
          /set            Set session variables
          /show           Show model information
          /load <model>   Load a session or model
          /save <model>   Save your current session
          /list           List the models of the store
          /clear          Clear session context
          /bye            Exit
          /?, /help       Help for a command
          /? shortcuts    Help for keyboard shortcuts

        Use \""" to begin a multi-line message.
        """

    private static let set = """
        Available Commands:
          /set parameter ...     Set a parameter
          /set system <string>   Set system message
          /set history           Enable history
          /set nohistory         Disable history
          /set wordwrap          Enable wordwrap
          /set nowordwrap        Disable wordwrap
          /set verbose           Show statistics of each answer
          /set quiet             Show no statistics
          /set think             Enable thinking
          /set nothink           Disable thinking
        """

    private static let show = """
        Available Commands:
          /show info         Show details for this model
          /show license      Show model license
          /show modelfile    Show Modelfile for this model
          /show parameters   Show parameters for this model
          /show system       Show system message
          /show template     Show prompt template
        """

    private static let shortcuts = """
        Available keyboard shortcuts:
          Ctrl + a        Move to the beginning of the line
          Ctrl + e        Move to the end of the line
          Alt + b         Move left one word
          Alt + f         Move right one word
          Ctrl + k        Delete to the end of the line
          Ctrl + u        Delete to the beginning of the line
          Ctrl + w        Delete the word before the cursor
          Ctrl + j        Insert a line break
          Ctrl + l        Clear the screen
          Ctrl + c        Stop the model's answer, or clear the line
          Ctrl + d        Exit
        """

    private static var parameters: String {
        let lines = ParameterTable.all.map { parameter in
            "  /set parameter \(parameter.name) <\(parameter.type.rawValue)>   \(parameter.summary)"
        }
        return "Available Parameters:\n" + lines.joined(separator: "\n")
    }
}
