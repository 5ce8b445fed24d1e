using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Norris.Protocol;

namespace Norris.Terminal;

/// <summary>
/// The person's place at an interactive terminal: an input row that stays put while lines are printed above it. It puts
/// the terminal into raw mode and back again, however the process ends (an orderly end, a signal, an unhandled exception;
/// only SIGKILL leaves it raw). Lines wait in a queue for whoever sends them, so that typing never waits for the network.
/// </summary>
/// <param name="output">Takes what is drawn; whoever else writes to the terminal goes through <see cref="Print"/>.</param>
internal sealed class Prompt(OutputWriter output)
{
    /// <summary>How long a bare Escape byte may be the beginning of a key, in milliseconds.</summary>
    private const int EscapeWaitMs = 50;

    /// <summary>How long what is drawn may take to reach the terminal before the process stops, in milliseconds.</summary>
    private const int FlushWaitMs = 200;

    private readonly object _gate = new();
    private readonly TerminalMode _mode = new();
    private readonly InputLine _line = new(TerminalMode.Columns());
    private readonly ArrayBufferWriter<byte> _drawing = new(4096);
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(QueueLimits.EnteredMax) { SingleReader = true });
    private bool _isShown;

    /// <summary>
    /// Shows the row and gives each line to <paramref name="sink"/>, until the person wants to leave (Ctrl-C, Ctrl-D), the
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
            Hide();
            _ = _mode.Close();
            signals.ForEach(signal => signal.Dispose());
            AppDomain.CurrentDomain.ProcessExit -= RestoreNow;
            AppDomain.CurrentDomain.UnhandledException -= RestoreNow;
        }
    }

    /// <summary>Lines that were entered and that nobody has looked at.</summary>
    public int EnteredCount => _lines.Reader.Count;

    /// <summary>Prints whole lines, each with its LF, above the row; as ordinary output when there is none. Any thread.</summary>
    public void Print(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            if (!_isShown)
            {
                output.Append(lines);
                return;
            }
            _line.Print(lines, _drawing);
            Draw();
        }
    }

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
            PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Redraw(width: TerminalMode.Columns())),
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
        Span<byte> buffer = stackalloc byte[4096];
        var wishes = new List<Wish>();
        bool isOpen = true;
        while (isOpen)
        {
            int read = keys.Read(buffer, _line.IsWithinKey ? EscapeWaitMs : -1);
            wishes.Clear();
            lock (_gate)
            {
                if (read > 0)
                {
                    _line.Take(buffer[..read], _drawing, wishes);
                }
                else if (read == 0)
                {
                    _line.Flush(_drawing, wishes);
                }
                Draw();
            }
            isOpen = read >= 0 && wishes.TrueForAll(CarryOut);
        }
        _ = _lines.Writer.TryComplete();
    }

    private bool CarryOut(Wish wish)
    {
        switch (wish.Kind)
        {
            case WishKind.Send:
                return Enter(wish.Line);
            case WishKind.Suspend:
                Hide();
                // The row must be gone before the shell writes; an output that is stuck does not keep anybody here.
                _ = output.FlushAsync().Wait(FlushWaitMs);
                _mode.Restore();
                // Stops this process, and goes on when it is continued.
                _ = LibC.Kill(0, LibC.Sigtstp);
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
            _line.Begin(_drawing);
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
                InputLine.End(_drawing);
                Draw();
            }
        }
    }

    private void Redraw(int width)
    {
        lock (_gate)
        {
            if (_isShown)
            {
                _line.Resize(width, _drawing);
                Draw();
            }
        }
    }

    // Within the gate.
    private void Draw()
    {
        output.Append(_drawing.WrittenSpan);
        _drawing.ResetWrittenCount();
    }

    // The process may end at once: past the output's thread, which may be stuck, and past the gate, which may be held.
    private void RestoreNow(object? sender, EventArgs e)
    {
        if (_mode.Close())
        {
            _ = StandardStreams.Write(StandardStreams.Output, "\e[?2004l\r\e[K"u8);
        }
    }
}
