using System.Text;
using Norris.Http;

namespace Norris.Tests.Http;

public sealed class RouterTests
{
    [Theory]
    [InlineData("GET /", 200, "root")]
    [InlineData("HEAD /", 200, "")]
    [InlineData("GET /v1/members", 200, "list")]
    [InlineData("GET /v1/%6Dembers", 200, "list")]
    [InlineData("GET /v1/members?x=y", 200, "list")]
    [InlineData("DELETE /v1/members/a", 200, "a")]
    [InlineData("DELETE /v1/members/a%2Fb", 200, "a%2Fb")]
    [InlineData("GET /v1/members/a/log/7", 200, "a,7")]
    [InlineData("GET /v1/members/", 404, "")]
    [InlineData("GET /v1", 404, "")]
    [InlineData("GET /v1/members/a/b", 404, "")]
    [InlineData("GET //v1/members", 404, "")]
    [InlineData("GET /v1%2Fmembers", 404, "")]
    [InlineData("GET /V1/members", 404, "")]
    [InlineData("GET /v1/./members", 404, "")]
    [InlineData("POST /", 405, "GET, HEAD, OPTIONS")]
    [InlineData("PUT /v1/members", 405, "GET, HEAD, POST, OPTIONS")]
    [InlineData("GET /v1/members/a", 405, "DELETE, OPTIONS")]
    [InlineData("TRACE /", 405, "GET, HEAD, OPTIONS")]
    [InlineData("OPTIONS /v1/members", 204, "GET, HEAD, POST, OPTIONS")]
    [InlineData("OPTIONS *", 204, "GET, HEAD, POST, DELETE, OPTIONS")]
    [InlineData("BREW /", 501, "")]
    public async Task Finds_the_handler(string request, int status, string expected)
    {
        Router router = new Router()
            .Map(RequestMethod.Get, "/", static exchange => AnswerAsync(exchange, "root"))
            .Map(RequestMethod.Get, "/v1/members", static exchange => AnswerAsync(exchange, "list"))
            .Map(RequestMethod.Post, "/v1/members", static exchange => AnswerAsync(exchange, "join"))
            .Map(RequestMethod.Delete, "/v1/members/{id}", static exchange => AnswerAsync(exchange, Encoding.UTF8.GetString(exchange.RouteValue("id"))))
            .Map(RequestMethod.Get, "/v1/members/{id}/log/{seq}", static exchange =>
                AnswerAsync(exchange, $"{Encoding.UTF8.GetString(exchange.RouteValue("id"))},{Encoding.UTF8.GetString(exchange.RouteValue("seq"))}"));
        await using TestServer server = new(router.HandleAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync($"{request} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        string heard = await client.ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", heard);
        Assert.Contains(status is 405 or 204 ? $"Allow: {expected}\r\n" : status == 200 ? $"\r\n\r\n{expected}" : "problem+json", heard);
    }

    [Fact]
    public void Lists_its_routes_and_takes_none_twice()
    {
        Router router = new Router().Map(RequestMethod.Get, "/a", static _ => default).Map(RequestMethod.Post, "/a", static _ => default);
        Assert.Equal(["Get /a", "Post /a"], router.Routes.Select(each => $"{each.Method} {each.Template}"));
        Assert.Throws<ArgumentException>(() => router.Map(RequestMethod.Get, "/a", static _ => default));
        Assert.Throws<ArgumentException>(() => router.Map(RequestMethod.Get, "a", static _ => default));
    }

    private static async ValueTask AnswerAsync(HttpExchange exchange, string text) =>
        await exchange.RespondAsync(200, "text/plain"u8, Encoding.UTF8.GetBytes(text));
}
