using Norris.Options;
using Norris.Terminal;
using Norris.Terminal.Commands;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris;

/// <summary>The process: reads the command line, runs a node, and turns its end into an exit status.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        SocketEngine.RunContinuationsInline();
        ProcessLimits.EndPlainlyWithoutMemory();
        ParsedOptions parsed = OptionsParser.Parse(arguments, Environment.GetEnvironmentVariable, CommandParser.Help);
        if (!parsed.IsRunnable)
        {
            (parsed.Finished.IsError ? Console.Error : Console.Out).Write(parsed.Finished.Wanted switch
            {
                WantedAnswer.Version => $"{parsed.Finished.Text}{TlsLibrary.Version}\n",
                WantedAnswer.NewSecret => $"{NetworkSecret.Create()}\n",
                _ => parsed.Finished.Text,
            });
            return parsed.Finished.ExitStatus;
        }
        if (FindClosedStream(parsed.Options) is { } line)
        {
            StandardStreams.Write(StandardStreams.IsInherited(StandardStreams.Error) ? StandardStreams.Error : StandardStreams.Output, line);
            return 1;
        }
        return await new NodeProcess(parsed.Options, TimeProvider.System).RunAsync();
    }

    /// <summary>The line about a standard stream that is needed and was closed when the process started; null when all is well.</summary>
    private static byte[]? FindClosedStream(NodeOptions options)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }
        if (!StandardStreams.IsInherited(StandardStreams.Error))
        {
            return [.. "norris: standard error is closed; give it a place, as in 2>/dev/null\n"u8];
        }
        if (!options.Headless && !StandardStreams.IsInherited(StandardStreams.Input))
        {
            return [.. "norris: standard input is closed; give --headless to run without it\n"u8];
        }
        return options.Output != OutputForm.None && !StandardStreams.IsInherited(StandardStreams.Output)
            ? [.. "norris: standard output is closed; give --output none to run without it\n"u8]
            : null;
    }
}
