import Commands
import Glibc

/// Quern: compile Modelfiles into packages, and run what was built.
exit(Program.run(arguments: CommandLine.arguments))
