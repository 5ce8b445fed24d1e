using System.ComponentModel;
using System.Diagnostics;
using Norris.Load.Nodes;
using Norris.Load.Verification;
using Norris.Protocol;
using Norris.Terminal;

namespace Norris.Load.Faults;

/// <summary>A node as a process that is to suffer: with default options, on a port that the system picks, printing JSON.</summary>
internal sealed class FaultNode : IAsyncDisposable
{
    /// <summary>Stops the process where it is.</summary>
    public const int Sigstop = 19;

    /// <summary>Lets a stopped process go on.</summary>
    public const int Sigcont = 18;

    /// <summary>Ends the process at once.</summary>
    public const int Sigkill = 9;

    private readonly Process _process;

    private FaultNode(int index, Process process, int nodes)
    {
        Index = index;
        _process = process;
        Errors = process.StandardError.ReadToEndAsync();
        Output = new FaultOutput(process.StandardOutput.BaseStream, nodes);
    }

    /// <summary>Which of the nodes it is; 0 is the host at first.</summary>
    public int Index { get; }

    /// <summary>What it prints.</summary>
    public FaultOutput Output { get; }

    /// <summary>All that it wrote on standard error, once it has ended.</summary>
    public Task<string> Errors { get; }

    /// <summary>Whether the process has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a node.</summary>
    /// <param name="binary">The path of the program.</param>
    /// <param name="index">Which of the nodes it is.</param>
    /// <param name="nodes">How many there are.</param>
    /// <param name="join">The address of the host; null to be the host.</param>
    /// <param name="partition">What it does when it is cut off.</param>
    /// <param name="network">The network in which it has a place of its own; null for loopback.</param>
    /// <param name="secret">What all of them know; null where there is none.</param>
    public static FaultNode Start(string binary, int index, int nodes, string? join, PartitionRule partition, BridgedNetwork? network, NodeSecret? secret)
    {
        string[] command =
        [
            .. network?.CommandAt(index) ?? [],
            Path.GetFullPath(binary), "--listen", $"{(network is null ? "127.0.0.1" : BridgedNetwork.AddressOf(index))}:0", "--name", $"n{index}", "--output", "json",
            "--partition", partition == PartitionRule.Majority ? "majority" : "continue",
            .. join is null ? [] : new[] { "--join", join },
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        secret?.GiveTo(start);
        try
        {
            return new FaultNode(index, Process.Start(start)!, nodes);
        }
        catch (Win32Exception e)
        {
            throw new ViolationException($"{binary} cannot be started: {e.Message}; build it with: make binary");
        }
    }

    /// <summary>Types a line, with its end.</summary>
    public void Type(ReadOnlySpan<byte> line)
    {
        _process.StandardInput.BaseStream.Write(line);
        _process.StandardInput.BaseStream.Flush();
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal)
    {
        if (!_process.HasExited && LibC.Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"node {Index} cannot be sent signal {signal}");
        }
    }

    /// <summary>Ends it at once, and waits until all that it printed is read.</summary>
    public async Task EndAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        await _process.WaitForExitAsync();
        await Output.Ended;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _process.Dispose();
    }
}
