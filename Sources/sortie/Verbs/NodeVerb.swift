import ArgumentParser

struct NodeVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Add, look at, drain and remove nodes.",
    discussion: """
      Examples:
        sortie node add lab@10.0.0.7 --name n7 --label arch=x86_64
        sortie node list
        sortie node check n7        is it reachable, and what does it say about itself?
        sortie node drain n7        no new work; --undo takes it back
        sortie node clean n7        delete what agents left there
      """,
    subcommands: [
      NodeListVerb.self, NodeAddVerb.self, NodeShowVerb.self, NodeCheckVerb.self, NodeDrainVerb.self,
      NodeCleanVerb.self,
      NodeRemoveVerb.self,
    ], defaultSubcommand: NodeListVerb.self)
}
