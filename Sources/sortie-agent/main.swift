import Agent
import Glibc

exit(AgentCommand.run(Array(CommandLine.arguments.dropFirst())))
