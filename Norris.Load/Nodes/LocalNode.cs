using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Norris.Load.Verification;
using Norris.Transport.Secure;

namespace Norris.Load.Nodes;

/// <summary>
/// A node as a process of this machine, with a pipe into it. It leaves when the pipe is closed, and is killed when it does not.
/// </summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string? _knownAddress;
    private NodeStatus? _status;
    private string? _web;
    private NodeSecret? _secret;

    private LocalNode(int index, Process process, string? knownAddress, PrintedLines.Taker? taker, Func<Stream, Stream>? wrap)
    {
        Index = index;
        _process = process;
        _knownAddress = knownAddress;
        _errors = process.StandardError.ReadToEndAsync();
        Stream output = process.StandardOutput.BaseStream;
        Output = new NodeOutput(wrap?.Invoke(output) ?? output, taker);
    }

    /// <summary>Which of the nodes it is; 0 is the host.</summary>
    public int Index { get; }

    /// <summary>Where others reach it, once it is ready.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What it prints.</summary>
    public NodeOutput Output { get; }

    /// <summary>What it answers about itself, once it is ready.</summary>
    public NodeStatus Status => _status ?? throw new InvalidOperationException("The node is not ready.");

    /// <summary>The pipe into it.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Whether the process has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Its memory.</summary>
    public ProcessMemory Memory => ProcessMemory.Of(_process.Id);

    /// <summary>Processor time that it has used, in user and kernel mode (/proc/PID/stat).</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>All that it wrote on standard error, once it has ended.</summary>
    public Task<string> Errors => _errors;

    /// <summary>
    /// Starts a node. One that prints JSON listens on a port that the system picks, and says which; a silent one cannot, and gets
    /// one that was free a moment ago.
    /// </summary>
    /// <param name="binary">The path of the program.</param>
    /// <param name="index">Which of the nodes it is.</param>
    /// <param name="join">The address of the host; null to be the host.</param>
    /// <param name="isSilent">Whether it prints nothing.</param>
    /// <param name="taker">Gets every line that it prints; null to keep the entries.</param>
    /// <param name="wrap">Puts something between its output and who reads it; null for nothing.</param>
    /// <param name="more">Further options for it.</param>
    /// <param name="secret">Its network's secret; null for an open network.</param>
    public static LocalNode Start(
        string binary, int index, string? join, bool isSilent, PrintedLines.Taker? taker = null, Func<Stream, Stream>? wrap = null, string[]? more = null,
        NodeSecret? secret = null)
    {
        string listen = isSilent ? $"127.0.0.1:{FreePort()}" : "127.0.0.1:0";
        var start = new ProcessStartInfo(binary)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments = ["--listen", listen, "--name", $"n{index}", "--output", isSilent ? "none" : "json", .. join is null ? [] : new[] { "--join", join }, .. more ?? []];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        string? web = secret is null ? null : $"127.0.0.1:{FreePort()}";
        if (secret is not null)
        {
            secret.GiveTo(start);
            start.ArgumentList.Add("--web");
            start.ArgumentList.Add(web!);
        }
        try
        {
            return new LocalNode(index, Process.Start(start)!, isSilent ? listen : null, taker, wrap) { _web = web, _secret = secret };
        }
        catch (Win32Exception e)
        {
            throw new ViolationException($"{binary} cannot be started: {e.Message}; build it with: make binary");
        }
    }

    /// <summary>Waits until the node is in the view.</summary>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        Address = _knownAddress ?? (await Output.Listening.WaitAsync(cancellation)).Address;
        _status = new NodeStatus(_web ?? Address, _secret?.WebKey);
        while (!await _status.IsReadyAsync(cancellation))
        {
            if (_process.HasExited)
            {
                throw new ViolationException($"node {Index} ended before it was ready: {(await _errors).Trim()}");
            }
            await Task.Delay(PollInterval, cancellation);
        }
    }

    /// <summary>Ends the process at once, as a crash would, and waits until all that it printed is read.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await Output.Ended;
    }

    /// <summary>Ends the node's input, so that it leaves, and waits until it has.</summary>
    /// <returns>What it wrote on standard error, where it ended as it should.</returns>
    public async Task<string> LeaveAsync(CancellationToken cancellation)
    {
        // A node that leaves waits a second for whoever keeps a connection open without using it.
        _status?.Dispose();
        _process.StandardInput.Close();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(LeaveLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ViolationException($"node {Index} had not left {LeaveLimit.TotalSeconds} s after the end of its input");
        }
        await Output.Ended;
        string errors = (await _errors).Trim();
        return _process.ExitCode == 0 ? errors : throw new ViolationException($"node {Index} ended with status {_process.ExitCode}: {errors}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        await Output.Ended;
        _status?.Dispose();
        _process.Dispose();
    }

    /// <summary>A port of the loopback device that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>What the nodes of a network with a secret are started with.</summary>
/// <param name="Text">The secret.</param>
/// <param name="WebKey">The key with which they are asked about themselves.</param>
internal sealed record NodeSecret(string Text, string WebKey)
{
    /// <summary>A secret that nobody else has.</summary>
    public static NodeSecret Create() => new(NetworkSecret.Create(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));

    /// <summary>Lets a node know it that is about to be started.</summary>
    public void GiveTo(ProcessStartInfo start)
    {
        start.Environment["NORRIS_SECRET"] = Text;
        start.Environment["NORRIS_WEB_KEY"] = WebKey;
    }
}
