using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Norris.Protocol;
using Norris.Terminal.Keys;

namespace Norris.Terminal;

/// <summary>
/// The person's place at an interactive terminal: puts it into raw mode, carries keys to a <see cref="PromptView"/> and what it draws to the
/// terminal, and puts everything back again, however the process ends (an orderly end, a signal, an unhandled exception; only SIGKILL
/// leaves it). Lines wait in a queue for whoever sends them, so that typing never waits for the network.
/// </summary>
/// <param name="output">Takes what is drawn; whoever else writes to the terminal goes through <see cref="Print"/>.</param>
/// <param name="view">What the person types into and looks at.</param>
/// <param name="report">Takes one line about a bug of the prompt, when the terminal is as before.</param>
internal sealed class Prompt(OutputWriter output, PromptView view, Action<string> report)
{
    /// <summary>How long a bare Escape byte may be the beginning of a key, in milliseconds.</summary>
    private const int EscapeWaitMs = 50;

    /// <summary>Within how long after the last bytes nobody can have typed the next, in milliseconds.</summary>
    private const int AtOnceMs = 15;

    /// <summary>How long what is drawn may take to reach the terminal before the process stops, in milliseconds.</summary>
    private const int FlushWaitMs = 200;

    /// <summary>How long a picture stands before the next is drawn because of what comes in, in milliseconds.</summary>
    private const int PictureMs = 16;

    private readonly object _gate = new();
    private readonly TerminalMode _mode = new();
    private readonly ArrayBufferWriter<byte> _drawing = new(4096);
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(QueueLimits.EnteredMax) { SingleReader = true });
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Exception? _bug;
    private bool _isShown;
    private volatile bool _isRestored;

    /// <summary>
    /// Shows the view and gives each line to <paramref name="sink"/>, until the person wants to leave (Ctrl-C, Ctrl-D), the
    /// sink refuses (false) or <paramref name="leaving"/>. What was entered before is given to the sink first, until
    /// <paramref name="abandon"/>. The terminal is as before when this completes.
    /// </summary>
    /// <param name="sink">Takes a line, UTF-8, 1 to 64 KiB, its own only until it returns.</param>
    /// <param name="leaving">Ends the typing.</param>
    /// <param name="abandon">Drops what was entered and not yet taken; given to the sink.</param>
    public async Task<InputEnd> RunAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> sink, CancellationToken leaving, CancellationToken abandon)
    {
        using var keys = new KeySource();
        using CancellationTokenRegistration leave = leaving.Register(keys.Stop);
        List<PosixSignalRegistration> signals = Watch();
        Thread? thread = null;
        try
        {
            if (!_mode.TryEnterRaw())
            {
                return InputEnd.Failed;
            }
            Show();
            _ = PaintAsync();
            thread = new Thread(() => ReadKeys(keys)) { IsBackground = true, Name = "keys" };
            thread.Start();
            await foreach (string line in _lines.Reader.ReadAllAsync(abandon))
            {
                if (!await sink(Encoding.UTF8.GetBytes(line), abandon))
                {
                    return InputEnd.Stopped;
                }
            }
            return leaving.IsCancellationRequested ? InputEnd.Stopped : InputEnd.EndOfInput;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            return InputEnd.Stopped;
        }
        finally
        {
            keys.Stop();
            // Whoever has no room for a line that was entered is not to wait any more.
            _ = _lines.Writer.TryComplete();
            thread?.Join();
            _ = _changes.Writer.TryComplete();
            Hide();
            _ = _mode.Close();
            signals.ForEach(signal => signal.Dispose());
            AppDomain.CurrentDomain.ProcessExit -= RestoreNow;
            AppDomain.CurrentDomain.UnhandledException -= RestoreNow;
            if (_bug is { } bug)
            {
                report($"norris: the prompt stopped because of a bug of its own, and the node leaves: {bug.Message}");
            }
        }
    }

    /// <summary>Lines that were entered and that nobody has looked at.</summary>
    public int EnteredCount => _lines.Reader.Count;

    /// <summary>Shows whole lines, each with its LF; as ordinary output when there is nothing to show them in. Any thread.</summary>
    public void Print(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            if (!_isShown || _isRestored)
            {
                output.Append(lines);
                return;
            }
            view.Print(lines, _drawing);
            Draw();
        }
    }

    /// <summary>There is something new to draw: soon it will be. Any thread, and never waits.</summary>
    public void Invalidate() => _ = _changes.Writer.TryWrite(true);

    private List<PosixSignalRegistration> Watch()
    {
        AppDomain.CurrentDomain.ProcessExit += RestoreNow;
        AppDomain.CurrentDomain.UnhandledException += RestoreNow;
        if (OperatingSystem.IsWindows())
        {
            // Never reached: there is no prompt there. It tells the compiler so.
            return [];
        }
        return
        [
            PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resize()),
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Suspend),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, Resume),
            // Whether these end the process is decided elsewhere; if they do, nothing below runs.
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => RestoreNow(null, EventArgs.Empty)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => RestoreNow(null, EventArgs.Empty)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => RestoreNow(null, EventArgs.Empty)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => RestoreNow(null, EventArgs.Empty)),
        ];
    }

    private void ReadKeys(KeySource keys)
    {
        try
        {
            ReadKeysUntilTheEnd(keys);
        }
        catch (Exception e)
        {
            // Whoever sits here must not be left with a terminal that neither draws nor echoes.
            _bug = e;
        }
        _ = _lines.Writer.TryComplete();
    }

    private void ReadKeysUntilTheEnd(KeySource keys)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var wishes = new List<Wish>();
        bool isOpen = true;
        long last = 0;
        while (isOpen)
        {
            int read = keys.Read(buffer, view.IsWithinKey ? EscapeWaitMs : -1);
            while (read > 0 && read < buffer.Length && view.MayGoOn(buffer[..read]) && keys.Read(buffer[read..], AtOnceMs) is > 0 and int more)
            {
                read += more;
            }
            bool atOnce = last != 0 && Stopwatch.GetElapsedTime(last).TotalMilliseconds < AtOnceMs;
            last = Stopwatch.GetTimestamp();
            wishes.Clear();
            lock (_gate)
            {
                if (read > 0)
                {
                    view.Take(buffer[..read], atOnce, _drawing, wishes);
                }
                else if (read == 0)
                {
                    view.Flush(_drawing, wishes);
                }
                Draw();
            }
            isOpen = read >= 0 && wishes.TrueForAll(CarryOut);
        }
    }

    // One picture at a time is on its way: where the terminal is slow, what comes in meanwhile is in the next.
    private async Task PaintAsync()
    {
        await foreach (bool _ in _changes.Reader.ReadAllAsync())
        {
            lock (_gate)
            {
                if (_isShown)
                {
                    view.Refresh(_drawing);
                    Draw();
                }
            }
            await Task.WhenAll(output.FlushAsync(), Task.Delay(PictureMs));
        }
    }

    private bool CarryOut(Wish wish)
    {
        switch (wish.Kind)
        {
            case WishKind.Send:
                return Enter(wish.Line);
            case WishKind.Suspend:
                // To the whole job, as the terminal itself does it; this process hears it, too.
                _ = TerminalMode.CanBeContinued() ? LibC.Kill(0, LibC.Sigtstp) : 0;
                return true;
            default:
                return false;
        }
    }

    private bool Enter(string line)
    {
        try
        {
            // The typing waits while a thousand lines do, not the person for the network.
            return _lines.Writer.TryWrite(line) || _lines.Writer.WriteAsync(line).AsTask().Wait(Timeout.Infinite);
        }
        catch (AggregateException e) when (e.InnerException is ChannelClosedException)
        {
            return false;
        }
    }

    // The shell is to find the terminal as it left it; this process stops then, and goes on when it is continued.
    private void Suspend(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!TerminalMode.CanBeContinued())
        {
            return;
        }
        Hide();
        // An output that is stuck does not keep anybody here.
        _ = output.FlushAsync().Wait(FlushWaitMs);
        _mode.Restore();
        _ = LibC.Kill(Environment.ProcessId, LibC.Sigstop);
    }

    // Continued: the shell has set the terminal to its own mode meanwhile.
    private void Resume(PosixSignalContext context)
    {
        // Otherwise .NET would, after this, set the terminal to the mode in which it found it when the process started.
        context.Cancel = true;
        if (_mode.TryEnterRaw())
        {
            Show();
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            _isShown = true;
            view.Begin(_drawing);
            if (TerminalMode.Size() is { } size)
            {
                view.Resize(size, _drawing);
            }
            else
            {
                view.AskSize(_drawing);
            }
            Draw();
        }
    }

    private void Hide()
    {
        lock (_gate)
        {
            if (_isShown)
            {
                _isShown = false;
                _drawing.Write(view.Restoring);
                Draw();
            }
        }
    }

    private void Resize()
    {
        lock (_gate)
        {
            if (_isShown && TerminalMode.Size() is { } size)
            {
                view.Resize(size, _drawing);
                Draw();
            }
        }
    }

    // Within the gate.
    private void Draw()
    {
        if (!_isRestored)
        {
            output.Append(_drawing.WrittenSpan);
        }
        _drawing.ResetWrittenCount();
    }

    // The process may end at once: past the output's thread, which may be stuck, and past the gate, which may be held. But what that
    // thread is about to write must not come after this.
    private void RestoreNow(object? sender, EventArgs e)
    {
        if (_mode.Close())
        {
            _isRestored = true;
            _ = output.FlushAsync().Wait(FlushWaitMs);
            _ = StandardStreams.Write(StandardStreams.Output, view.Restoring);
        }
    }
}
