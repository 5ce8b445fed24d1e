using Norris.Options;

namespace Norris;

/// <summary>The process: reads the command line, runs a node, and turns its end into an exit status.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        ParsedOptions parsed = OptionsParser.Parse(arguments, Environment.GetEnvironmentVariable);
        if (!parsed.IsRunnable)
        {
            (parsed.Finished.IsError ? Console.Error : Console.Out).Write(parsed.Finished.Text);
            return parsed.Finished.ExitStatus;
        }
        return await new NodeProcess(parsed.Options, TimeProvider.System).RunAsync();
    }
}
