@echo off
rem Starts the desk with its MongoDB and Redis in containers: makes the secrets once, then builds and starts. Anything after it goes to docker compose.
setlocal
cd /d "%~dp0"
docker compose version >nul 2>&1
if errorlevel 1 (
  echo Docker Desktop is not installed or not running: see https://docs.docker.com/get-docker/. Without it: npm ci, then npm start
  exit /b 1
)
if not exist secrets\desk mkdir secrets\desk
if not exist secrets\prometheus mkdir secrets\prometheus
for %%n in (mongo-root-password mongo-key store-password redis-password grafana-password) do (
  if not exist secrets\%%n powershell -NoProfile -Command "$b = New-Object byte[] 32; [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($b); [IO.File]::WriteAllText('secrets\%%n', -join ($b | ForEach-Object { $_.ToString('x2') }))"
  if not exist secrets\%%n exit /b 1
)
rem What runs of a profile is stopped with the rest: docker compose alone would leave it running.
set all=
for %%v in (down stop kill) do if /i "%~1"=="%%v" set all=--profile "*"
if not "%~1"=="" (
  docker compose %all% %*
  exit /b %errorlevel%
)
docker compose up --build --detach
if errorlevel 1 exit /b 1
echo The desk starts. What it says: start_scalpstorm.bat logs -f desk
echo Stop it: start_scalpstorm.bat down (its volumes and secrets stay; keep a copy of the folder secrets)
