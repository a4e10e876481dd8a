// Built by ame_explore/widgets/js/build.js; sources: sha256 ca492893798a4fc47497acb898930ca1979e149d26ac96bddc3046961ff369c8
var k=()=>(performance.timeOrigin+performance.now())/1e3;function Z(h,t){let e=null,s=null,i=()=>{if(e=null,!s)return;let n=s;
s=null,h(...n),e=setTimeout(i,t)};return(...n)=>{if(e!==null){s=n;return}h(...n),e=setTimeout(i,t)}}var _t=.4,Ne=3,Le={f4:Float32Array,i4:Int32Array,u1:Uint8Array};function St(h,t){if(Array.isArray(h))return h.map(e=>St(
e,t));if(h===null||typeof h!="object")return h;if("buffer"in h&&"dtype"in h){let e=t[h.buffer],i=ArrayBuffer.isView(e)?e.
buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new Le[h.dtype](i),{shape:h.shape})}
return Object.fromEntries(Object.entries(h).map(([e,s])=>[e,St(s,t)]))}var At=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=k(),this.pingedAt=-1/0,this.onMessage=(e,s)=>this.receive(e,s),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:k()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(
i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,n]of Object.entries(
this.kept))t.retained?.(i,n);this.frame&&!(this.frame.moving&&this.age(this.frame)>_t)&&t.draw(this.frame);let s=this.there;
return this.look(),s&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(n=>n.seen&&n.el.isConnected),s=!t.some(n=>n.el.isConnected);if(e===this.there&&s===this.left)return;let i=e&&
!this.there;[this.there,this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=k(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:s}))}watch(){if(this.look(),!this.there)return;let t=k()-this.heardAt;t>(this.frame?.moving?1:4)&&k()-
this.pingedAt>=1&&(this.pingedAt=k(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=k(),t.type==="hello"){let{page:i,t:n,time:a}=t;i===this.page&&(this.
high=Math.min(this.high,a-n));return}let s=St(t,e);if(t.type==="frame"){this.low=Math.max(this.low,s.time-k());let i=s.heard[this.
page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[s.time-k(),1/0]);let n=this.
waiting!==null;this.waiting=s,n||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=s;for(let i of this.
views)i.retained?.(t.type,s)}else for(let i of this.views)i.message?.(s,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,k()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=k(),s=this.age(t),i=s>_t,n=i&&e-this.freshAt<Ne;if(!n){i||(this.freshAt=e),this.frame=t,this.drawnAge=s;for(let a of this.
views)try{a.draw(t),a.late?.(i?s:0)}catch(o){console.error("ame_explore: a view could not be drawn",o)}this.drawMs=1e3*(k()-
e)}this.oldest=Math.max(this.oldest,n?0:s),!(!t.ask&&!n)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(n?s:this.oldest),stale:n}),
this.oldest=0)}};function zt(h){return()=>{let t;return{initialize({model:e}){return t=new At(e),()=>t.close()},render({
el:e}){let s=h(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var X=null;function tt(h){X?X.push(h):h()}function jt(h){let t=X,e=X=[];try{h()}finally{X=t}for(let s of e)s()}var Wt=1,
Ht=h=>Wt=h,Tt=new WeakMap,qt;function z(h){qt??=new ResizeObserver(o=>{for(let{target:c}of o)Tt.set(c,[c.clientWidth,c.clientHeight]),
c.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,Wt*(window.devicePixelRatio||1)),e=Tt.get(h);e||(qt.
observe(h),Tt.set(h,e=[h.clientWidth,h.clientHeight]));let[s,i]=e,[n,a]=[Math.round(s*t),Math.round(i*t)];return(h.width!==
n||h.height!==a)&&(h.width=n,h.height=a),{width:s,height:i,scale:t}}function N(h,t){return h.getContext("2d",t)}var Ce=new Set(["svg","path"]),Kt={text:"textContent",value:"value",checked:"checked"};function r(h,t={},...e){let s=Ce.
has(h)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,h);i.append(...e.flat(1/0).
filter(n=>n!=null&&n!==!1));for(let[n,a]of Object.entries(t))a==null||a===!1||(n.startsWith("on")?i.addEventListener(n.slice(
2),a):n in Kt?i[Kt[n]]=a:i.setAttribute(n,a===!0?"":String(a)));return i}function b(h,t){h.textContent!==t&&(h.textContent=
t)}function M(h,t){h.hidden===t&&(h.hidden=!t)}function q(){let h=document.body.dataset.jpThemeLight;return h!==void 0?h===
"false":document.body.classList.contains("vscode-dark")}var Oe=0,H=()=>`ame-${Math.random().toString(36).slice(2,9)}-${Oe+=
1}`;var Et=h=>h.replaceAll("-","−");function Ut(h,t=3,{signed:e=!1,fine:s=!1}={}){if(typeof h!="number"||!Number.isFinite(
h))return"–";let i;return s&&h!==0&&Math.abs(h)<.1?i=Math.floor(Math.log10(Number(Math.abs(h).toPrecision(2))))<-4?h.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):h.toPrecision(2):i=s&&h===0?"0.0":h.toFixed(t||(Number.isInteger(h)?0:1)),Number(i)===
0?i.replace("-",""):(t===0&&!s&&(i=i.replace(/\B(?=(\d{3})+($|\.))/g,",")),Et(e&&h>0?`+${i}`:i))}function Pe(h,t=3,{signed:e=!1}={}){
if(typeof h!="number"||!Number.isFinite(h))return"–";if(h===0)return"0";let[s,i]=h.toExponential(t-1).split("e"),n=t-1-
Number(i),a=n>=-3&&n<=t+2?h.toFixed(Math.max(n,0)):`${s}e${Number(i)}`;return Et(e&&h>0?`+${a}`:a)}function I(h){return h==
null||h===""?"–":typeof h!="number"?String(h):Number.isInteger(h)&&Math.abs(h)<1e6?Et(String(h)):Pe(h)}var Yt=h=>h.toExponential(
0).replace("e+","e").replaceAll("-","−");function $t(h,t){let e=t.length>1?Math.abs(t[1]-t[0]):Math.abs(h)||1;return h!==
0&&(Math.abs(h)<.001||Math.abs(h)>=1e4)?Yt(h):h.toFixed(Math.max(0,Math.min(4,-Math.floor(Math.log10(e)+1e-9)))).replace(
"-","−")}var Xt=h=>h>=.001&&h<1e4?String(Number(h.toPrecision(1))):Yt(h),V=h=>h===null?"default":h===!0?"on":h===!1?"o\
ff":String(typeof h=="number"?Number(h.toPrecision(4)):h);var Vt=["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],De=["#5AB0EE","#FF8F45","#3CC79B","#E39BC4","#9BD3F\
5","#F0B93A"],Gt=[[],[6,3],[2,2.5],[7,3,2,3],[12,4],[12,3,3,3]],Jt=["circle","diamond","square","triangle","x","cross"],
C=h=>(q()?De:Vt)[h%Vt.length],et=h=>Gt[h%Gt.length],st=h=>Jt[h%Jt.length],Qt=new Set(["ame","share.ame"]);var Zt=["circle","diamond","square","triangle","cross","triangle-down","pentagon","bar","hexagon","x"],te=h=>Zt[h%Zt.length];
function Re(h,t,e,s,i){let n=l=>{h.beginPath(),l.forEach(([d,u],p)=>h[p?"lineTo":"moveTo"](e+d*i,s+u*i)),h.closePath()},
a=(l,d,u=1)=>Array.from({length:l},(p,m)=>{let g=d+2*Math.PI*m/l;return[u*Math.cos(g),u*Math.sin(g)]}),o=l=>[[-l,-1],[l,
-1],[l,-l],[1,-l],[1,l],[l,l],[l,1],[-l,1],[-l,l],[-1,l],[-1,-l],[-l,-l]];t==="circle"?(h.beginPath(),h.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?n([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?n([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?n(a(3,-Math.PI/2,1.15)):t==="triangle-down"?n(a(3,Math.PI/2,1.15)):t==="cross"?n(o(.38)):t==="x"?n(
(l=>l.map(([d,u])=>[(d-u)*Math.SQRT1_2,(d+u)*Math.SQRT1_2]))(o(.36))):t==="pentagon"?n(a(5,-Math.PI/2,1.05)):t==="hexago\
n"?n(a(6,0,1.05)):t==="bar"?n([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&n(Array.from({length:10},(l,d)=>{
let u=-Math.PI/2+Math.PI*d/5,p=d%2?.48:1.15;return[p*Math.cos(u),p*Math.sin(u)]}))}var Fe={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function P(h,{shape:t,color:e,filled:s,halo:i,inside:n,edge:a=.55},o,c,l){let d=Fe[t];
if(!s&&d){h.lineCap="round";for(let{style:u,width:p}of[{style:i,width:(.2+a)*l},{style:e,width:Math.max(1.2,.32*l)}])if(u){
h.strokeStyle=u,h.lineWidth=p,h.beginPath();for(let[m,g,f,w]of d)h.moveTo(o+m*l,c+g*l),h.lineTo(o+f*l,c+w*l);h.stroke()}
return}Re(h,t,o,c,l),i&&(h.lineWidth=a*l,h.strokeStyle=i,h.stroke()),s?(h.fillStyle=e,h.fill()):(h.fillStyle=n||i||"tran\
sparent",h.fill(),h.lineWidth=Math.max(1.2,.36*l),h.strokeStyle=e,h.stroke())}function It(h,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,n=document.createElement("canvas");n.width=n.height=i;let a=N(n,{willReadFrequently:!0});P(a,h,s+.5,s+.5,t);let{
data:o}=a.getImageData(0,0,i,i),c=[],l=[],d=[],u=[],p=[];for(let m=0;m<i*i;m++){let g=Math.round(o[4*m+3]/255*32*e);g&&(c.
push(m%i-s),l.push(Math.floor(m/i)-s),d.push(o[4*m]|o[4*m+2]<<16),u.push(o[4*m+1]<<8),p.push(g))}return{half:s,dx:Int32Array.
from(c),dy:Int32Array.from(l),rb:Int32Array.from(d),g:Int32Array.from(u),a:Int32Array.from(p)}}function Nt(h,t,e,s,i,n){
let{half:a,dx:o,dy:c,rb:l,g:d,a:u}=s,p=Math.round(i),m=Math.round(n);if(p<a||m<a||p>=t-a||m>=e-a)return;let g=m*t+p;for(let f=0;f<
u.length;f++){let w=g+c[f]*t+o[f],T=h[w],x=32-u[f],S=(T&16711935)*x+l[f]*u[f]>>>5&16711935,y=(T&65280)*x+d[f]*u[f]>>>5&65280;
h[w]=4278190080|S|y}}function ee(h){let t=document.createElement("canvas");t.width=t.height=1;let e=N(t);return e.fillStyle=
h,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var D={},se=h=>Object.assign(D,h);function G(h,t){let e=D[h];return e?Ut(t,e.decimals,{fine:e.fine}):I(t)}function ie(h,t,e){let s=t-h;if(!(s>0))return[h];let i=s/e,n=10**Math.floor(Math.log10(i)),a=n*[1,2,5,10].find(c=>c*n>=i*
.999),o=[];for(let c=Math.ceil(h/a-1e-9)+0;c*a<=t+1e-9*s;c++)o.push(c*a);return o}function ne(h,t){let e=[];for(let i=Math.
floor(Math.log10(h));i<=Math.ceil(Math.log10(t));i++)for(let n of t/h>1e4?[1]:[1,3])e.push(n*10**i);let s=e.filter(i=>i>=
h&&i<=t);return s.length>5?s.filter((i,n)=>n%2===0):s}function ae(h){let[t,e]=[1/0,-1/0];for(let i of h)for(let n=0;n<i.
length;n++)Number.isFinite(i[n])&&(t=Math.min(t,i[n]),e=Math.max(e,i[n]));if(t>e)return{low:0,high:1,log:!1};if(t>0&&e/t>
30)return{low:t/1.2,high:e*1.2,log:!0};let s=(e-t)*.08||Math.abs(e)*.05||.5;return{low:t>=0&&t<.35*e?0:t-s,high:e+s,log:!1}}
function j(h,t){let e=0,s=h.length;for(;e<s;){let i=e+s>>1;h[i]<=t?e=i+1:s=i}return e-1}function Lt(h,t){if(!h.length)return t;
let e=j(h,t),s=h[Math.max(0,e)],i=h[Math.min(h.length-1,e+1)];return t-s<=i-t?s:i}function oe(h,t,e){let s=Lt(h,e);if(Math.
abs(e-t)!==1||s!==t)return s;let i=h.indexOf(t)+Math.sign(e-t);return h[Math.max(0,Math.min(h.length-1,i))]??s}function re(h,t){
let e=[];for(let s=0,i=0;s<h.x.length&&i<t.x.length;)if(h.x[s]===t.x[i]){let n=t.y[i]-h.y[s];Number.isFinite(n)&&e.push(
[h.x[s],n]),s++,i++}else h.x[s]<t.x[i]?s++:i++;return e}function it(h,t,e){let s=r("div",{class:"ame-table-box",hidden:!0,tabindex:"0",role:"region","data-testid":`table-${h}`,
"aria-label":`${t}: the data`}),i=r("button",{class:"ame-quiet",type:"button","aria-expanded":"false","aria-label":`${t}\
: show the data as a table`,title:"Show the data as a table","data-testid":`table-toggle-${h}`},"▦"),n=0,a=()=>{let{columns:c,
rows:l}=e();s.replaceChildren(r("table",{},r("thead",{},r("tr",{},c.map(d=>r("th",{scope:"col"},d)))),r("tbody",{},l.map(
d=>r("tr",{},d.map(u=>r("td",{},I(u))))))))},o=()=>{s.hidden||k()-n<.5||(n=k(),a())};return i.addEventListener("click",()=>{
s.hidden=!s.hidden,i.setAttribute("aria-expanded",String(!s.hidden)),s.hidden||a()}),{button:i,box:s,update:o}}var he=30,Be=130,_e={teacher:[8,3],backbone:[5,3],chance:[2,3]},J=class{constructor(t,e){let s=D[e];this.lab=t,this.term=
e,this.label=s?.short??e.replaceAll("_"," "),this.range=s?.limits,this.at=null,this.steps=1,this.saidAt=0,this.box=null,
this.values=r("span",{class:"ame-values"}),this.unit=r("small",{}),this.verdict=r("span",{class:"ame-verdict","data-test\
id":`verdict-${e}`}),this.canvas=r("canvas",{class:"ame-line",role:"img",tabindex:"0","data-testid":`chart-${e}`}),this.
table=it(e,this.label,()=>this.rows()),this.el=r("div",{class:"ame-chart","data-term":e},r("div",{class:"ame-chart-head"},
r("h5",{title:s?.definition||this.label},this.label),r("div",{class:"ame-readout"},this.values,this.unit),this.verdict,this.
table.button),this.canvas,this.table.box),this.canvas.addEventListener("pointermove",i=>this.point(i.offsetX)),this.canvas.
addEventListener("pointerleave",()=>this.point(null)),this.canvas.addEventListener("click",i=>this.box&&this.lab.scrubTo(
Math.round(this.stepAt(i.offsetX,this.box))))}stepAt(t,{left:e,right:s}){return Math.max(0,Math.min(1,(t-e)/(s-e)))*this.
steps}point(t){this.box&&(this.at=t===null?null:this.stepAt(t,this.box),this.lab.chartCursor(this.at))}lines(t){return t.
arms.map((e,s)=>({arm:e,index:s,series:e.series[this.term]})).filter(({series:e})=>e?.x.length)}draw(t,e=this.at){let s=this.
lines(t);if(M(this.el,s.length>0),!s.length)return;this.steps=Math.max(1,t.steps);let i=e??t.scrubbed;this.readout(s,i,t);
let n=i===null&&t.verdict?.term===this.term?t.verdict:null;b(this.verdict,n?.text??""),this.verdict.title=n?.details??"",
tt(()=>this.paint(s,i)),this.table.update()}readout(t,e,s){let i=t.map(({arm:o,index:c,series:l})=>{let d=e===null?l.x.length-
1:j(l.x,e),u=d>=0&&ze(o,l.x[d],e);return{index:c,name:o.name,value:d<0||u?null:l.y[d],old:u?l.x[d]:null}});for(;this.values.
children.length>i.length;)this.values.lastChild?.remove();for(;this.values.children.length<i.length;)this.values.append(
r("span",{class:"ame-value"},r("i",{}),r("b",{})));i.forEach(({index:o,name:c,value:l,old:d},u)=>{let p=this.values.children[u],
[m,g]=p.children;m.style.background=C(o),p.title=d===null?c:`${c}: not measured since step ${d}`,b(g,G(this.term,l))});let n=s.
units[this.term]??D[this.term]?.unit??"";b(this.unit,n),M(this.unit,n!=="");let a=`${this.label}${n?` in ${n}`:""}: `+i.
map(({name:o,value:c})=>`${o} ${G(this.term,c)}`).join(", ")+` at step ${Math.round(e??s.step)}`+this.compared();(k()-this.
saidAt>1||s.state!=="playing")&&(this.saidAt=k(),this.canvas.setAttribute("aria-label",a))}compared(){let t=Object.entries(
this.lab.scene?.references[this.term]??{}).map(([e,s])=>`${e} ${G(this.term,s)}`);return t.length?`; for comparison: ${t.
join(", ")}`:""}paint(t,e){let{width:s,height:i,scale:n}=z(this.canvas);if(!s||!i)return;let{ink:a}=this.lab,o=N(this.canvas);
o.setTransform(n,0,0,n,0,0),o.clearRect(0,0,s,i);let c=t.length>1&&!Qt.has(this.term),l=c?i<Be?he/2:he:0,d=Object.entries(
this.lab.scene?.references[this.term]??{}),{low:u,high:p,log:m}=this.range?{low:this.range[0],high:this.range[1],log:!1}:
ae(t.map(({series:v})=>v.y)),g=m?ne(u,p):ie(u,p,3),f=g.map(v=>m?Xt(v):$t(v,g)),w=c?re(t[0].series,t[1].series):[],T=Math.
max(...w.map(([,v])=>Math.abs(v)),1e-12),x=w.length&&T>1e-12?`±${$t(T,[0,T/2])}`:"0";o.font=`12px ${a.font}`;let S=Math.
max(...[...f,c?x:""].map(v=>o.measureText(v).width)),y={left:Math.max(40,Math.ceil(S)+7),right:s-8,top:5,bottom:i-16-l};
this.box=y;let A=m?Math.log10:v=>v,O=v=>y.left+(y.right-y.left)*v/this.steps,L=v=>y.bottom-(y.bottom-y.top)*(A(v)-A(u))/
(A(p)-A(u));o.textBaseline="middle",o.lineWidth=1,o.textAlign="right";for(let[v,R]of g.entries()){let _=Math.round(L(R))+
.5;o.strokeStyle=a.grid,o.beginPath(),o.moveTo(y.left,_),o.lineTo(y.right,_),o.stroke(),o.fillStyle=a.muted,o.fillText(f[v],
y.left-5,_)}this.levels(o,y,d.filter(([,v])=>v>u&&v<p).map(([v,R])=>({name:v,value:R,at:L(R)})),a),o.textBaseline="alpha\
betic",o.fillStyle=a.muted,o.textAlign="left",o.fillText("0",y.left,i-3),o.textAlign="right",o.fillText(`${this.steps} s\
teps`,y.right,i-3),o.lineJoin="round";for(let v of t)this.turned(o,v,O,y);for(let v of t)this.curve(o,v,O,L,y,m);c&&this.
difference(o,w,T,x,C(t[1].index),O,{...y,top:y.bottom+4,bottom:y.bottom+l},a),e!==null&&(o.strokeStyle=a.text,o.globalAlpha=
.5,o.beginPath(),o.moveTo(Math.round(O(e))+.5,y.top),o.lineTo(Math.round(O(e))+.5,i-16),o.stroke(),o.globalAlpha=1)}curve(t,{
arm:e,index:s,series:i},n,a,o,c){let{ink:l}=this.lab,d=f=>Number.isFinite(f)&&!(c&&f<=0),u=f=>Math.max(o.top,Math.min(o.
bottom,a(f))),p=D[this.term]?.per_reading?e.turns.filter(({redefines:f})=>f).map(({step:f})=>f):[];t.setLineDash(et(s)),
t.strokeStyle=C(s),t.lineWidth=1.8,t.beginPath();let m=!1;for(let f=0;f<i.x.length;f++){if(!d(i.y[f])){m=!1;continue}f&&
p.some(w=>i.x[f-1]<=w&&w<i.x[f])&&(m=!1),t[m?"lineTo":"moveTo"](n(i.x[f]),u(i.y[f])),m=!0}t.stroke(),t.setLineDash([]);let g=i.
x.length-1;if(d(i.y[g])&&P(t,{shape:st(s),color:C(s),filled:!0,halo:l.card},n(i.x[g]),u(i.y[g]),4),e.parent!==null&&e.fork_step){
let f=j(i.x,e.fork_step);f>=0&&P(t,{shape:"diamond",color:l.text,filled:!1,halo:l.card},n(i.x[f]),a(i.y[f]),3.5)}}turned(t,{
arm:e,index:s},i,n){let a=new Set(e.turns.map(({step:o})=>o).filter(o=>o>0));if(a.size){t.strokeStyle=C(s),t.globalAlpha=
.75,t.setLineDash([1.5,3]),t.beginPath();for(let o of a){let c=Math.round(i(o))+.5;t.moveTo(c,n.top),t.lineTo(c,n.bottom)}
t.stroke(),t.setLineDash([]),t.globalAlpha=1}}levels(t,e,s,i){let n=-1/0;t.textAlign="right",t.textBaseline="bottom";for(let{
name:a,value:o,at:c}of s.sort((l,d)=>l.at-d.at)){t.strokeStyle=i.muted,t.setLineDash(_e[a]??[]),t.lineWidth=a==="chance"?
1:1.4,t.beginPath(),t.moveTo(e.left,c),t.lineTo(e.right,c),t.stroke(),t.setLineDash([]);let l=Math.max(c-1,n+13,e.top+12);
n=l;let d=`${a} ${G(this.term,o)}`;t.fillStyle=i.muted,t.lineWidth=3,t.strokeStyle=i.card,t.strokeText(d,e.right,l),t.fillText(
d,e.right,l)}t.lineWidth=1}difference(t,e,s,i,n,a,o,c){let l=(o.top+o.bottom)/2,d=(o.bottom-o.top)/2-2;t.fillStyle=c.soft,
t.fillRect(o.left,o.top,o.right-o.left,o.bottom-o.top),t.fillStyle=n,t.globalAlpha=.75,t.beginPath(),e.forEach(([u,p],m)=>{
m||t.moveTo(a(u),l),t.lineTo(a(u),l-d*p/s)}),e.length&&t.lineTo(a(e[e.length-1][0]),l),t.fill(),t.globalAlpha=1,t.strokeStyle=
c.muted,t.lineWidth=1,t.beginPath(),t.moveTo(o.left,Math.round(l)+.5),t.lineTo(o.right,Math.round(l)+.5),t.stroke(),t.fillStyle=
c.muted,t.textAlign="right",t.textBaseline="middle",t.fillText(i,o.left-5,l)}rows(){let t=this.lines(this.lab.frame),e=[
...new Set(t.flatMap(({series:a})=>[...a.x]))].sort((a,o)=>a-o),s=e.length>120?e.filter((a,o)=>o%Math.ceil(e.length/120)===
0||o===e.length-1):e,i=t.map(({series:a})=>new Map([...a.x].map((o,c)=>[o,a.y[c]]))),n=["step",...t.map(({arm:a})=>a.name)];
return t.length>1&&n.push(`${n[2]} − ${n[1]}`),{columns:n,rows:s.map(a=>{let o=i.map(l=>l.get(a)??null),c=o[0]===null||
o[1]===null?null:o[1]-o[0];return t.length>1?[a,...o,c]:[a,...o]}).reverse()}}};function ze(h,t,e){let s=h.series.harmonic_mean?.
x,i=s?.length?e===null?s.length-1:j(s,e):-1;return i>=0&&t<s[i]}var le={n:0,state:"waiting",error:null,note:null,progress:null,step:0,steps:0,epoch:0,steps_per_epoch:null,speed:null,scrubbed:null,
recorded_steps:[],units:{},arms:[],dials:[],delta:{columns:[],rows:[]},diagnosis:[],verdict:null,breaks:[],prediction:null,
selection:[],said:[],show:null,locked:[],explained:"",caption:null,to_lose:""},W=h=>h.scrubbed!==null,F=h=>h.scrubbed??h.
step,$=class{#t="";isNew(t){let e=JSON.stringify(t);return e===this.#t?!1:(this.#t=e,!0)}forget(){this.#t=""}};var qe={headline:"Headline",accuracy:"Accuracy",entropy:"Entropy and AME",loss:"Losses","":"More"},je=["harmonic_mean","\
H"],nt=class{constructor(t){this.lab=t,this.charts=new Map,this.arms=new $,this.laid=new $,this.drawnAt=0,this.group="he\
adline",this.key=r("ul",{class:"ame-legend","aria-label":"Arms"}),this.choice=r("select",{"data-testid":"curves","aria-l\
abel":"Which curves",onchange:()=>this.choose(this.choice.value)},Object.entries(qe).map(([e,s])=>r("option",{value:e},s))),
this.beside=r("div",{class:"ame-chart-tools"},this.key,this.choice),this.row=r("div",{class:"ame-chart-row"}),this.el=r(
"section",{class:"ame-card ame-charts","aria-label":"Curves"},this.row);for(let e of Object.keys(D))D[e].group&&this.charts.
set(e,new J(t,e))}choose(t){this.group=t,this.drawnAt=0,this.lab.draw(this.lab.frame)}chosen({arms:t}){let e=i=>t.some(n=>n.
series[i]?.x.length);if(this.group!=="headline")return[...this.charts.keys()].filter(i=>(D[i]?.group??"")===this.group&&
e(i));let s=je.filter(e);return s.length?s:[...this.charts.keys()].filter(e).slice(0,2)}draw(t,e=null){let{arms:s}=t;for(let a of s)
for(let o of Object.keys(a.series))this.charts.has(o)||this.charts.set(o,new J(this.lab,o));this.arms.isNew([q(),s.map(a=>a.
name)])&&this.key.replaceChildren(...s.map((a,o)=>{let c=r("canvas",{width:60,height:24,class:"ame-key","aria-hidden":"t\
rue"}),l=N(c);return l.strokeStyle=C(o),l.lineWidth=4,l.setLineDash(et(o).map(d=>2*d)),l.beginPath(),l.moveTo(2,12),l.lineTo(
58,12),l.stroke(),P(l,{shape:st(o),color:C(o),filled:!0},30,12,7),r("li",{title:a.label},c,a.name)}));let i=this.chosen(
t),n=this.laid.isNew(i);if(n&&(this.row.dataset.count=String(i.length),this.row.replaceChildren(...i.map(a=>this.charts.
get(a).el)),i.length||this.row.append(r("p",{class:"ame-muted"},s.length?"No curve of this kind yet.":""))),!(!n&&t.state===
"playing"&&e===null&&this.lab.cursor===null&&k()-this.drawnAt<.45)){this.drawnAt=k();for(let a of i)this.charts.get(a)?.
draw(t,e)}}};function ce({low:h,high:t,scale:e,whole:s,step:i,value:n}){let a=h??0,o=t??Math.max(1,2*(typeof n=="number"?n:1)),c=i??(s?
1:null),l=e==="log",d=l&&a<=0?30:0,u=a>0?a:o/10**4,p=c!==null&&!l?Math.round((o-a)/c):1e3,m=x=>Math.max(a,Math.min(o,x)),
g=x=>{let S=c===null?Number(x.toPrecision(l?2:3)):a+Math.round((x-a)/c)*c;return m(s?Math.round(S):Number(S.toPrecision(
12)))},f=x=>l?d&&x<=0?0:d+(p-d)*Math.log(Math.max(x,u)/u)/Math.log(o/u):p*(x-a)/(o-a),w=x=>l?x<d/2?0:g(u*Math.exp(Math.max(
0,x-d)/(p-d)*Math.log(o/u))):g(a+(o-a)*x/p);return{low:a,last:p,toSlider:f,fromSlider:w,nudge:(x,S)=>c!==null?g(x+S*c):m(
w(Math.max(0,Math.min(p,f(x)+S*p/40)))),box:c??"any"}}var at=class{constructor(t){this.lab=t,this.nodes=new Map,this.names=new $,this.shape=new $,this.arm=r("select",{"data-t\
estid":"dial-arm","aria-label":"Which arms the dials turn",title:"AME's dials (ω, reading, temperature of H) turn the ar\
ms with AME; the others turn all arms",onchange:()=>this.draw(t.frame)}),this.armRow=r("label",{class:"ame-for",hidden:!0},
"for ",this.arm),this.live=r("div",{class:"ame-dial-list"}),this.later=r("div",{class:"ame-dial-list"}),this.laterBox=r(
"details",{class:"ame-later"},r("summary",{},"Takes effect at reset"),this.later),this.el=r("section",{class:"ame-card a\
me-dials","aria-label":"Dials"},r("header",{},r("h3",{},"Dials"),r("span",{class:"ame-push"}),this.armRow),this.live,this.
laterBox)}draw({arms:t,dials:e}){if(this.names.isNew(t.map(i=>[i.name,i.label]))){let i=this.arm.value;this.arm.replaceChildren(
r("option",{value:""},"all relevant"),...t.map(n=>r("option",{value:n.name,title:n.label},n.name))),this.arm.value=t.some(
n=>n.name===i)?i:"",M(this.armRow,t.length>1)}let s={value:0,values:0,concerns:0,idle:0,inert:0,pending:0,locked:0};if(this.
shape.isNew(e.map(i=>({...i,...s})))){this.nodes=new Map(e.map(n=>[n.field,new Ct(this,n)]));let i=n=>[...this.nodes.values()].
filter(({dial:a})=>a.steerable===n).map(({el:a})=>a);this.live.replaceChildren(...i(!0)),this.later.replaceChildren(...i(
!1)),M(this.laterBox,e.some(n=>!n.steerable))}for(let i of e)this.nodes.get(i.field)?.draw(i,this.arm.value||null)}set(t,e){
this.lab.command("set",{field:t,value:e,arm:this.arm.value||null})}},de=.8,Ct=class{constructor(t,e){this.owner=t,this.dial=
e,this.touched=-1/0,this.typing=!1,this.drawn=new $,this.value=e.value,this.own=e.value,this.scale=ce(e),this.send=Z(n=>t.
set(e.field,n),120);let s=H(),i={id:s,"data-testid":`dial-${e.field}`,"aria-describedby":e.help?`${s}-help`:null};this.values=
r("span",{class:"ame-dial-values"}),this.slider=null,this.input=e.kind==="number"?this.box(i):e.kind==="choice"?this.choice(
i):this.switch(i),e.kind==="number"&&(this.slider=this.makeSlider()),this.el=r("div",{class:`ame-dial ame-dial-${e.kind}`,
title:e.locked?"Locked by the author of this lab":e.help},r("label",{for:s,class:"ame-dial-label"},e.label),this.slider?
r("span",{class:"ame-number"},this.slider,this.input):this.input,this.values,e.help&&r("span",{class:"ame-help",id:`${s}\
-help`},e.help))}choice(t){let e=r("select",{...t,onchange:()=>this.turn(JSON.parse(e.value))},this.dial.choices.map(s=>r(
"option",{value:JSON.stringify(s)},V(s))));return e}switch(t){return r("button",{...t,type:"button",role:"switch",class:"\
ame-switch",onclick:()=>this.turn(!this.value)})}box(t){let{dial:e}=this,s=r("input",{...t,type:"number",min:e.low,max:e.
high,step:this.scale.box,oninput:()=>this.typing=!0,onblur:()=>{this.typing=!1,this.owner.lab.again()},onchange:()=>{if(this.
typing=!1,s.value===""&&!e.optional)return this.show(this.own);this.turn(s.value===""?null:Number(s.value))}});return s}makeSlider(){
let t=r("input",{type:"range",min:0,max:this.scale.last,step:1,"aria-label":`${this.dial.label}, slider`,oninput:()=>this.
turn(this.scale.fromSlider(Number(t.value)),!0),onkeydown:e=>this.nudge(e)});return t}nudge(t){let s={ArrowRight:1,ArrowUp:1,
ArrowLeft:-1,ArrowDown:-1}[t.key];if(!s)return;t.preventDefault();let i=typeof this.value=="number"?this.value:this.scale.
low,n=this.scale.nudge(i,s);n!==i&&this.turn(n)}turn(t,e=!1){this.touched=k(),this.drawn.forget(),this.show(t,e),this.send(
t),setTimeout(()=>this.owner.lab.again(),1e3*de+100)}show(t,e=!1){let{input:s,slider:i}=this;if(this.value=t,i&&s instanceof
HTMLInputElement){s.value=t===null?"":String(Number(Number(t).toPrecision(6)));let n=this.dial.none||"default";s.placeholder=
t===null?n:I(t),s.title=t===null?n:"",!e&&t!==null&&(i.value=String(this.scale.toSlider(Number(t)))),i.setAttribute("ari\
a-valuetext",t===null?n:`${I(t)} ${this.dial.unit}`.trim())}else s instanceof HTMLSelectElement?s.value=JSON.stringify(t):
(s.setAttribute("aria-checked",String(!!t)),b(s,t?"on":"off"))}draw(t,e){let{lab:s}=this.owner,{values:i}=t;this.dial=t,
this.own=e!==null&&e in i?i[e]:t.value;let n=t.locked||t.inert||W(s.frame)||s.locked("set")||s.locked(t.field);if(this.input.
disabled=n,this.slider&&(this.slider.disabled=n),this.el.classList.toggle("ame-pending",t.pending),this.el.classList.toggle(
"ame-idle",t.idle!==null),this.el.title=t.locked?"Locked by the author of this lab":t.idle?`No effect in this run: ${t.idle}`:
t.help,this.typing||k()-this.touched<de||!this.drawn.isNew([this.own,i,e,t.idle]))return;let a=e===null?t.concerns.map(l=>({
name:l,value:i[l]})):[],o=a.some(({value:l})=>l!==a[0].value);this.show(this.own),o&&this.slider&&this.input instanceof HTMLInputElement&&
(this.input.value="",this.input.placeholder="differs",this.slider.value=String(this.scale.toSlider(Number(a[a.length-1].
value??this.scale.low))),this.slider.setAttribute("aria-valuetext","differs between arms"));let c=o?a.map(({name:l,value:d})=>`${l}\
: ${V(d)}`):[];b(this.values,[...c,...t.idle?[`no effect: ${t.idle}`]:[]].join(" · "))}},ot=class{constructor(t){this.lab=
t,this.nodes=new Map,this.shape=new $,this.list=r("div",{class:"ame-break-list"}),this.el=r("section",{class:"ame-card a\
me-breaks","aria-label":"Break it"},r("header",{},r("h3",{},"Break it"),r("span",{class:"ame-muted"},"and read the diagn\
osis")),this.list)}there({breaks:t}){return t.length>0}draw(t){let{breaks:e}=t;this.shape.isNew(e.map(s=>s.switch))&&(this.
nodes=new Map(e.map(s=>{let i=r("button",{type:"button",role:"switch",class:"ame-break",title:s.help,"data-testid":`brea\
k-${s.switch}`,onclick:()=>this.turn(s,i.getAttribute("aria-checked")!=="true")},r("i",{"aria-hidden":"true"}),r("span",
{},s.label,s.help&&r("small",{},s.help)));return[s.switch,i]})),this.list.replaceChildren(...this.nodes.values()));for(let s of e){
let i=this.nodes.get(s.switch);i.setAttribute("aria-checked",String(s.on)),i.disabled=W(t)||this.lab.locked("break")}}turn({
switch:t,resets:e},s){let i=()=>this.lab.command("break",{switch:t,on:s});e?this.lab.anew(i):i()}};var Ot={left:"Left of the maps",below:"Below the maps",right:"Right of the maps"},We=1300,He=700,Ke=660,[Ue,Ye]=[540,1100],
Xe=14,ue=[1e3,600],Q=class{constructor(t,e){this.layout=t,this.place=e,this.tabs=new Map,this.list=r("div",{class:"ame-t\
abs",role:"tablist","aria-label":Ot[e],onkeydown:s=>this.key(s)}),this.tools=r("div",{class:"ame-tools"}),this.bodies=r(
"div",{class:"ame-bodies"}),this.el=r("div",{class:`ame-dock ame-dock-${e}`,"data-testid":`dock-${e}`},r("div",{class:"a\
me-tab-row"},this.list,this.tools),this.bodies)}show(t,e){let{panels:s,titles:i}=this.layout;for(let[o,{tab:c,body:l}]of this.
tabs)t.includes(o)||(c.remove(),l.remove(),this.tabs.delete(o));for(let o of t){if(this.tabs.has(o))continue;let c=H(),l=r(
"button",{type:"button",role:"tab",class:"ame-tab",id:`${c}-tab`,"aria-controls":c,"data-testid":`tab-${o}`,onclick:()=>this.
layout.open(o)},i[o]??o),d=r("div",{role:"tabpanel",class:"ame-body",id:c,"aria-labelledby":`${c}-tab`,tabindex:"0"},s[o].
el);this.tabs.set(o,{tab:l,body:d})}t.map(o=>this.tabs.get(o)).forEach(({tab:o,body:c},l)=>{this.list.children[l]!==o&&(this.
list.insertBefore(o,this.list.children[l]??null),this.bodies.append(c))});for(let[o,{tab:c,body:l}]of this.tabs){let d=o===
e;c.getAttribute("aria-selected")!==String(d)&&(c.setAttribute("aria-selected",String(d)),c.tabIndex=d?0:-1),M(l,d)}let a=e?
s[e].beside:void 0;this.tools.firstChild!==(a??null)&&this.tools.replaceChildren(...a?[a]:[])}key(t){let e={ArrowLeft:-1,
ArrowRight:1}[t.key];if(!e)return;t.preventDefault(),t.stopPropagation();let s=[...this.tabs.keys()].sort((a,o)=>this.at(
a)-this.at(o)),i=s.findIndex(a=>this.tabs.get(a)?.tab===document.activeElement),n=s[(i+e+s.length)%s.length];this.layout.
open(n),this.tabs.get(n)?.tab.focus()}at(t){return[...this.list.children].indexOf(this.tabs.get(t)?.tab)}},rt=class{constructor(t,e,s,i){
this.lab=t,this.panels=e,this.titles=s,this.wide=!1,this.zoom=1,this.docks={left:new Q(this,"left"),below:new Q(this,"be\
low"),right:new Q(this,"right")},this.el=r("div",{class:"ame-desk"},this.docks.left.el,r("div",{class:"ame-middle"},i,this.
docks.below.el),this.docks.right.el),this.form=r("div",{class:"ame-arrangement"}),this.dialog=r("dialog",{class:"ame-key\
s","aria-label":"Arrange the panels","data-testid":"arrange"},r("h3",{},"Arrange the panels"),this.form,r("p",{},"In Pyt\
hon, .arrangement of this lab is what is set here: lab(..., show=shown.arrangement) opens a lab that looks the same."),r(
"button",{type:"button",class:"ame-button",onclick:()=>this.dialog.close()},"Close")),this.arrange=r("button",{type:"but\
ton",class:"ame-quiet",title:"Choose where each panel is","data-testid":"arrange-panels",onclick:()=>this.choose()},"Arr\
ange"),this.present=r("button",{type:"button",class:"ame-quiet",title:"Fill the browser, and back (P)","aria-pressed":"f\
alse","data-testid":"present",onclick:()=>this.toggle()},"Present"),this.onResize=()=>this.fit(),window.addEventListener(
"resize",this.onResize),this.outer=new ResizeObserver(this.onResize),this.scroller=null}close(){window.removeEventListener(
"resize",this.onResize),this.outer.disconnect()}get arrangement(){let t=this.lab.client.model.get("arrangement");return{
left:[],below:[],right:[],...t}}get opened(){return this.lab.client.model.get("opened")??{}}tabs(t){let e=t.show&&new Set(
t.show),s=c=>c in this.panels&&(e===null||e.has(c))&&(this.panels[c].there?.(t)??!0),{left:i,below:n,right:a}=this.arrangement,
o=this.wide;return{left:i.filter(s),below:(o?n:[...n,...a]).filter(s),right:o?a.filter(s):[]}}draw(t){let e=this.tabs(t);
for(let s of Object.keys(e)){let i=e[s],n=this.openOf(s,i);this.docks[s].show(i,n),M(this.docks[s].el,i.length>0),n&&this.
panels[n].draw(t)}}openOf(t,e){let s=this.opened[t];return s&&e.includes(s)?s:e[0]}isOpen(t){return Object.values(this.docks).
some(e=>e.tabs.get(t)?.body.hidden===!1&&!e.el.hidden)}open(t){let e=Object.keys(this.docks).find(s=>this.docks[s].tabs.
has(t));e&&(this.keep("opened",{...this.opened,[e]:t}),this.lab.draw(this.lab.frame))}keep(t,e){let{model:s}=this.lab.client;
s.set(t,e);try{s.save_changes()}catch{}}choose(){this.write(),this.dialog.showModal()}write(){let{lab:{frame:t},arrangement:e}=this,
s=Object.keys(this.panels).filter(i=>(!t.show||t.show.includes(i))&&(this.panels[i].there?.(t)??!0));this.form.replaceChildren(
...s.map(i=>{let n=Object.keys(Ot).find(o=>e[o].includes(i))??"",a=r("select",{"data-testid":`place-${i}`,onchange:()=>this.
move(i,a.value)},Object.entries({...Ot,"":"Hidden"}).map(([o,c])=>r("option",{value:o},c)));return a.value=n,r("label",{},
r("span",{},this.titles[i]??i),a)}))}move(t,e){let{arrangement:s}=this,i=a=>s[a].filter(o=>o!==t),n={left:i("left"),below:i(
"below"),right:i("right")};e&&n[e].push(t),this.keep("arrangement",n),this.lab.again()}fit(){let{el:t}=this.lab;if(!t.isConnected)
return;this.watch();let e=t.classList.contains("ame-presented"),s=e?[window.innerWidth,window.innerHeight]:[0,Math.min(this.
scroller?.clientHeight??1/0,window.innerHeight)],i=e?Math.max(1,Math.min(s[0]/ue[0],s[1]/ue[1])):1;(e||this.zoom!==1)&&Ht(
i),this.zoom=i,t.style.zoom=i===1?"":i.toFixed(3);let n=e?s[0]/i:t.clientWidth,a=e?s[1]/i:Math.max(Ue,Math.min(Ye,s[1]-Xe));
this.wide=n>=We;let o=!e&&n<He?"narrow":this.wide?"wide":"one";t.dataset.shape!==o&&(t.dataset.shape=o),t.classList.toggle(
"ame-low",a<Ke),t.style.setProperty("--ame-height",`${Math.round(a)}px`)}watch(){let t=this.lab.el.parentNode,e=null;for(;t&&
t!==document.body;)t instanceof Element&&Ve(t)&&(e=t),t=t instanceof ShadowRoot?t.host:t.parentNode;e!==this.scroller&&(this.
outer.disconnect(),this.scroller=e,e&&this.outer.observe(e))}toggle(){let{el:t}=this.lab,e=!t.classList.contains("ame-pr\
esented");t.classList.toggle("ame-presented",e),e?(t.setAttribute("popover","manual"),t.showPopover?.()):(t.hidePopover?.(),
t.removeAttribute("popover")),this.present.setAttribute("aria-pressed",String(e)),b(this.present,e?"Leave":"Present"),this.
lab.again(),this.present.focus({preventScroll:!0})}};function Ve(h){let{overflowY:t}=getComputedStyle(h);return t==="aut\
o"||t==="scroll"}var K=({k:h,x0:t,y0:e},s,i)=>[s*h+t,e-i*h],fe=({k:h,x0:t,y0:e},s,i)=>[(s-t)/h,(e-i)/h];function ge(h,{k:t,x0:e,y0:s},i,n,a=12){
let o=a*a,c=null;for(let l=0;l<h.length/2;l++){let d=h[2*l]*t+e-i,u=s-h[2*l+1]*t-n,p=d*d+u*u;p<o&&([o,c]=[p,l])}return c}
function be(h,t,e){let s=!1;for(let i=0,n=h.length-1;i<h.length;n=i++){let[a,o]=h[i],[c,l]=h[n];o>e!=l>e&&t<(c-a)*(e-o)/
(l-o)+a&&(s=!s)}return s}function we(h){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let n of h)for(let a=0;a<n.length;a+=2)t=Math.
min(t,n[a]),e=Math.max(e,n[a]),s=Math.min(s,n[a+1]),i=Math.max(i,n[a+1]);return t<e?[t,e,s,i]:null}var me=18,pe=16;function Pt(h,t,e=[]){
return e.push(...h.map(({x:s,y:i,side:n=me})=>[s-n/2,i-n/2,n,n])),h.map(({x:s,y:i,width:n,side:a=me})=>{let o=a/2,c=[[o+
3,0],[-o-3-n,0],[-n/2,-o-8],[-n/2,o+8],[o+1,-o-5],[o+1,o+5],[-o-1-n,-o-5],[-o-1-n,o+5]],l=([u,p])=>[s+u-2,i+p-pe/2,n+4,pe],
d=c.find(u=>{let[p,m,g,f]=l(u);return p>0&&m>0&&p+g<t.width&&m+f<t.height&&!e.some(w=>p<w[0]+w[2]&&w[0]<p+g&&m<w[1]+w[3]&&
w[1]<m+f)});return d&&e.push(l(d)),d??null})}var Ge=2e3,Je=[8,10,12,14,17,20,24,29,34,40,48],Qe=1.3,Ze=28,ts=1<<23,es=16;function ye({width:h,height:t},e,s,i){if(s>Ge||
!(i>0))return 0;let n=Math.min(Ze,Qe*Math.sqrt(h*t/Math.max(1,e)))*Math.sqrt(i);return Je.findLast(a=>a<=n)??0}function ve(h,{
k:t,x0:e,y0:s},{width:i,height:n}){let a=0;for(let o=0;o<h.length;o+=2){let c=h[o]*t+e,l=s-h[o+1]*t;c>=0&&l>=0&&c<=i&&l<=
n&&a++}return a}function Rt(h,t,e,s,i,n,a,o=32){let{side:c}=s,l=Math.round(n-c/2),d=Math.round(a-c/2),[u,p]=[Math.max(0,
-l),Math.min(c,t-l)],[m,g]=[Math.max(0,-d),Math.min(c,e-d)],f=Math.floor(i/s.columns)*c*s.width+i%s.columns*c;for(let w=m;w<
g;w++){let T=f+w*s.width,x=(d+w)*t+l;for(let S=u;S<p;S++){let y=s.pixels[T+S],A=y>>>24===255?o:((y>>>24)*o+127)/255|0;if(A===
32)h[x+S]=y;else if(A){let O=h[x+S],L=(O&16711935)*(32-A)+(y&16711935)*A>>>5&16711935,v=(O&65280)*(32-A)+(y&65280)*A>>>5&
65280;h[x+S]=4278190080|L|v}}}}function Dt(h,t,e,s){let i=new Path2D;return i.roundRect(t,e,s,s,s*(h.filled?.16:.5)),i}var ht=class h{constructor(t,{
count:e,columns:s,width:i,height:n}){this.image=t,this.count=e,this.columns=s,this.width=i,this.height=n}static async load(t){
let e=t.file;return new h(await createImageBitmap(new Blob([e],{type:"image/webp"})),t)}fill(t,e){t.width=this.width,t.height=
this.height,this.draw(N(t),e,0,0,this.width,this.height)}draw(t,e,s,i,n,a){t.imageSmoothingEnabled=Math.min(this.width,this.
height)>=es,t.imageSmoothingQuality="high";let[o,c]=[e%this.columns*this.width,Math.floor(e/this.columns)*this.height];t.
drawImage(this.image,o,c,this.width,this.height,s,i,n,a)}tile(t,e,s,i,n,a,o){let c=s.halo?o:0;t.save(),s.halo&&(t.fillStyle=
s.halo,t.fill(Dt(s,i,n,a))),t.fillStyle=s.color,t.fill(Dt(s,i+c,n+c,a-2*c));let l=c+o;t.clip(Dt(s,i+l,n+l,a-2*l)),this.draw(
t,e,i+l,n+l,a-2*l,a-2*l),t.restore()}sheet(t,e,s){let i=Math.floor(Math.sqrt(ts/(this.columns*Math.ceil(this.count/this.
columns)))),n=Math.max(1,Math.min(t,i)),a=document.createElement("canvas");a.width=n*this.columns,a.height=n*Math.ceil(this.
count/this.columns);let o=N(a,{willReadFrequently:!0});for(let l=0;l<this.count;l++)this.tile(o,l,e(l),l%this.columns*n,
Math.floor(l/this.columns)*n,n,s);let{data:c}=o.getImageData(0,0,a.width,a.height);return{side:n,columns:this.columns,width:a.
width,pixels:new Uint32Array(c.buffer)}}};var ss=24,is=80,ns=20,as=5,lt=class{constructor(t,e){this.owner=t,this.index=e,this.canvas=r("canvas",{class:"ame-points",
"aria-hidden":"true"}),this.over=r("canvas",{class:"ame-over",tabindex:"0",role:"application","data-testid":`manifold-${e}`}),
this.swatch=r("span",{class:"ame-swatch","aria-hidden":"true"}),this.title=r("span",{class:"ame-name"}),this.figures=r("\
p",{class:"ame-muted ame-figures"}),this.tip=r("div",{class:"ame-tip",hidden:!0,role:"status","data-testid":`tip-${e}`}),
this.thumb=r("canvas",{class:"ame-thumb","aria-hidden":"true"}),this.tipText=r("div",{}),this.tip.append(this.thumb,this.
tipText),this.el=r("div",{class:"ame-pane"},r("div",{class:"ame-pane-head"},r("h4",{},this.swatch,this.title),this.figures),
r("div",{class:"ame-stage"},this.canvas,this.over,this.tip)),this.shown=null,this.image=null,this.pixels=new Uint32Array,
this.lasso=null,this.drag=null,this.over.addEventListener("pointerdown",s=>this.down(s)),this.over.addEventListener("poi\
ntermove",s=>this.move(s)),this.over.addEventListener("pointerup",s=>this.up(s)),this.over.addEventListener("pointercanc\
el",()=>this.cancel()),this.over.addEventListener("pointerleave",()=>!this.drag&&this.owner.hover(this.owner.at=null)),this.
over.addEventListener("wheel",s=>this.wheel(s),{passive:!1}),this.over.addEventListener("keydown",s=>this.key(s))}draw(t,e,s){
let i=z(this.canvas);if(z(this.over),!this.canvas.width||!this.canvas.height)return;let n=Math.min(i.width/s.w,i.height/
s.h),a={k:n,x0:i.width/2-s.x*n,y0:i.height/2+s.y*n},o={arm:t,scene:e,size:i,place:a,side:this.owner.sideFor(i,a,t.manifold?.
points??[])};this.shown=o,this.over.dataset.points=o.side?"images":"dots",this.head(t,e),tt(()=>this.paint(o))}paint(t){
let{arm:e,scene:s,size:i,place:n,side:a}=t,{k:o,x0:c,y0:l}=n,{ink:d,pictures:u}=this.owner.lab,{width:p,height:m}=this.canvas,
g=N(this.canvas);(!this.image||this.image.width!==p||this.image.height!==m)&&(this.image=g.createImageData(p,m),this.pixels=
new Uint32Array(this.image.data.buffer)),this.pixels.fill(d.paper32);let f=i.scale,w=e.manifold?.points??[],T=w.length/2,
x=f*Math.max(2,Math.min(5.2,Math.round(3*Math.sqrt(i.width*i.height/Math.max(1,s.ids.length)))/10)),S=this.owner.spritesFor(
s,x),{labels:y,ids:A}=s,O=this.owner.selected,L=O.size>0,v=o*f,R=c*f,_=l*f,$e=L?S.dim:S.plain,U=a?this.owner.sheetsFor(s,
a,f,L):null,Y=U?Math.min(T,u?.count??0):0;for(let E=Y;E<T;E++)Nt(this.pixels,p,m,$e[y[E]],w[2*E]*v+R,_-w[2*E+1]*v);if(U)
for(let E=0;E<Y;E++)Rt(this.pixels,p,m,U.plain,E,w[2*E]*v+R,_-w[2*E+1]*v,L?as:32);if(L)for(let E=0;E<T;E++){if(!O.has(A[E]))
continue;let[Ft,Bt]=[w[2*E]*v+R,_-w[2*E+1]*v];U?.strong&&E<Y?Rt(this.pixels,p,m,U.strong,E,Ft,Bt):Nt(this.pixels,p,m,S.strong[y[E]],
Ft,Bt)}if(g.putImageData(this.image,0,0),!e.manifold)return;g.save(),g.scale(f,f),g.textBaseline="middle",g.lineJoin="ro\
und";let Ie=this.stars(g,e.manifold.anchors,t);Y&&this.owner.lab.frame.state!=="playing"&&this.captions(g,t,Y,Ie),g.restore()}stars(t,e,{
scene:s,size:i,place:n}){let{ink:a}=this.owner.lab,o=[];t.font=`600 13px ${a.font}`;let c=e.length>2*ss?6:i.width<380?7.5:
9,d=Array.from({length:e.length/2},(u,p)=>{let[m,g]=K(n,e[2*p],e[2*p+1]),f=s.short[p]??String(p),w=this.owner.mark(s,p);
return P(t,{...w,shape:"star",filled:!0,halo:a.text},m,g,c),P(t,{...w,shape:"star",halo:null,inside:a.card},m,g,w.filled?
c:.86*c),{text:f,x:m,y:g,width:t.measureText(f).width}}).filter(({x:u,y:p})=>u>=-20&&p>=-20&&u<=i.width+20&&p<=i.height+
20);return this.names(t,d,Pt(d,i,o),a.text),o}captions(t,{arm:e,scene:s,size:i,place:n,side:a},o,c){let{ink:l}=this.owner.
lab,d=e.manifold?.points??[],u=[];for(let m=0;m<o&&a>=ns&&s.captions.length;m++){let[g,f]=K(n,d[2*m],d[2*m+1]);g>=0&&f>=
0&&g<=i.width&&f<=i.height&&u.push({i:m,x:g,y:f,side:a})}if(!u.length||u.length>is)return;t.font=`12px ${l.font}`;let p=u.
map(({i:m,...g})=>({...g,text:s.captions[m],width:t.measureText(s.captions[m]).width}));this.names(t,p,Pt(p,i,c),l.muted)}names(t,e,s,i){
let{ink:n}=this.owner.lab;t.lineWidth=4,t.strokeStyle=n.card,t.fillStyle=i,s.forEach((a,o)=>{if(!a)return;let{text:c,x:l,
y:d}=e[o];t.strokeText(c,l+a[0],d+a[1]),t.fillText(c,l+a[0],d+a[1])})}head(t,e){this.swatch.style.background=C(this.index),
b(this.title,t.name),this.title.title=t.label;let s=t.manifold?.prediction,{labels:i}=e,n="";if(s?.length){let o=0;for(let l=0;l<
s.length;l++)o+=+(s[l]===i[l]);let c=s.length<i.length?` of these ${s.length}`:"";n=`${Math.round(100*o/s.length)} % rig\
ht${c} among all ${e.class_names.length} classes`}b(this.figures,t.error?`stopped: ${t.error}`:n);let a=`Shared manifold\
 of ${t.name} at step ${t.manifold?.step??t.step}. ${n}. Arrow keys move the view, plus and minus zoom, 0 shows everythi\
ng, N and B go from image to image, Enter selects, Escape clears, I shows images or dots.`;this.over.getAttribute("aria-\
label")!==a&&this.over.setAttribute("aria-label",a)}under(t){let e=this.shown?.arm.manifold?.points;if(!this.shown||!e)return null;
let{place:s,side:i}=this.shown;return ge(e,s,t.offsetX,t.offsetY,Math.max(12,.7*i))}overlay(t,e){if(!this.shown)return;let{
arm:s,scene:i,size:n,place:a,side:o}=this.shown,{width:c,height:l,scale:d}=n,{ink:u,pictures:p}=this.owner.lab,m=N(this.
over);m.setTransform(d,0,0,d,0,0),m.clearRect(0,0,c,l),this.lasso&&this.lasso.length>1&&(m.beginPath(),this.lasso.forEach(
([L,v],R)=>m[R?"lineTo":"moveTo"](L,v)),m.closePath(),m.fillStyle=u.wash,m.fill(),m.strokeStyle=u.accent,m.lineWidth=1.5,
m.setLineDash([5,3]),m.stroke(),m.setLineDash([]));let{manifold:g}=s;if(t===null||!g||2*t>=g.points.length){this.tip.hidden=
!0;return}let{points:f,anchors:w}=g,[T,x]=K(a,f[2*t],f[2*t+1]),S=i.labels[t],y=o>0&&p!==null&&t<p.count?Math.max(32,1.5*
o):0;if(y&&(m.globalAlpha=.5,m.fillStyle=u.card,m.fillRect(0,0,c,l),m.globalAlpha=1),m.strokeStyle=u.text,2*S<w.length){
let L=K(a,w[2*S],w[2*S+1]);m.setLineDash([3,3]),m.lineWidth=1.5,m.beginPath(),m.moveTo(T,x),m.lineTo(...L),m.stroke(),m.
setLineDash([]),y&&P(m,{...this.owner.mark(i,S),shape:"star",filled:!0,halo:u.text},...L,9)}if(y&&p?p.tile(m,t,{...this.
owner.mark(i,S),halo:u.text},T-y/2,x-y/2,y,2):(m.beginPath(),m.arc(T,x,9,0,2*Math.PI),m.lineWidth=2.5,m.stroke()),!e){this.
tip.hidden=!0;return}let A=this.owner.describe(i,t,s);this.tip.hidden=!1,this.tipText.replaceChildren(r("strong",{},A.caption||
A.label),r("div",{},`class ${A.label} · image ${A.id}`),r("div",{class:dt(A)},ct({...A,predicted:`answer: ${A.predicted}`})),
r("div",{},`entropy ${I(A.entropy)} nats`)),M(this.thumb,this.owner.lab.thumbnail(this.thumb,t));let O=T>c*.55;this.tip.
style.left=O?"":`${T+16}px`,this.tip.style.right=O?`${c-T+16}px`:"",this.tip.style.top=`${Math.max(4,Math.min(l-96,x-30))}\
px`}down(t){if(t.button!==0||!this.shown)return;this.over.setPointerCapture(t.pointerId);let e=this.owner.tool==="move"||
t.shiftKey&&t.altKey;this.drag={x:t.offsetX,y:t.offsetY,far:!1,moving:e,add:t.shiftKey},this.lasso=e?null:[[t.offsetX,t.
offsetY]]}move(t){let{drag:e,shown:s,owner:i}=this;if(s){if(!e)return i.hover(i.at=this.under(t),this);e.far||=Math.hypot(
t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),i.hover(null)):i.view&&(i.view.
x-=t.movementX/s.place.k,i.view.y+=t.movementY/s.place.k,i.redraw()))}}up(t){let{drag:e,lasso:s,shown:i}=this;if(this.cancel(),
!e||!i)return;let n=this.under(t);e.far?s&&this.owner.select(this.within(i,s),e.add):n!==null?this.owner.select([i.scene.
ids[n]],e.add):this.owner.selected.size&&this.owner.select([])}cancel(){this.drag=this.lasso=null,this.owner.hover(null)}within({
arm:t,scene:e,place:s},i){let n=t.manifold?.points??[],a=[];for(let o=0;o<n.length/2;o++)be(i,...K(s,n[2*o],n[2*o+1]))&&
a.push(e.ids[o]);return a}wheel(t){!(t.ctrlKey||t.metaKey)||!this.shown||(t.preventDefault(),this.owner.zoom(Math.exp(t.
deltaY*.002),fe(this.shown.place,t.offsetX,t.offsetY)))}key(t){let{owner:e,shown:s}=this;if(!s||!e.view||t.ctrlKey||t.metaKey||
t.altKey)return;let{arm:i,scene:n}=s,a=n.ids.length,c={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,1],ArrowDown:[0,-1]}[t.
key],l=t.key.toLowerCase();if(c)e.view.x+=.1*e.view.w*c[0],e.view.y+=.1*e.view.h*c[1],e.redraw();else if(l==="+"||l==="=")
e.zoom(.8);else if(l==="-")e.zoom(1.25);else if(l==="0")e.fit();else if(l==="n"||l==="b"){let d=((e.at??(l==="n"?-1:0))+
(l==="n"?1:-1)+a)%a;e.at=d,e.hover(d,this);let u=e.describe(n,d,i);e.lab.say(`Image ${u.id}: class ${u.label}, answer ${u.
predicted}, entropy ${I(u.entropy)} nats.`)}else if(l==="i")e.toggleImages();else if(l==="enter"&&e.at!==null)e.select([
n.ids[e.at]],!0);else if(l==="escape")e.select([]);else return;t.preventDefault(),t.stopPropagation()}};var ct=({right:h,predicted:t})=>h===null?t:`${h?"✓":"✗"} ${t}`,dt=({right:h})=>h===null?"ame-muted":h?"ame-right":"a\
me-wrong",ke=1.04,os=24,rs=10,xe=([h,t,e,s])=>({x:(h+t)/2,y:(e+s)/2,w:ke*(t-h||1),h:ke*(s-e||1)}),ut=class{constructor(t){
this.lab=t,this.panes=[],this.arms=[],this.view=null,this.home=null,this.tool="lasso",this.selected=new Set,this.at=null,
this.sprites=null,this.sheets=null,this.legend=r("ul",{class:"ame-legend","aria-label":"Classes: colour and shape; fille\
d marks are base classes, open ones new"});let e=(i,n,a)=>r("button",{class:"ame-quiet",type:"button","aria-pressed":String(
this.tool===i),"data-tool":i,title:n,"aria-label":n,onclick:()=>this.setTool(i)},a);this.tools=[e("lasso","Drag selects \
with a lasso","Lasso"),e("move","Drag moves the view","Move")];let s=(i,n,a)=>r("button",{class:"ame-quiet",type:"button",
title:i,"aria-label":i,onclick:a},n);this.images=r("button",{class:"ame-quiet",type:"button",hidden:!0,title:"Draw point\
s as their images (I)","data-testid":"images",onclick:()=>this.toggleImages()},"Images"),this.table=it("manifold","Share\
d manifold",()=>this.rows()),this.note="",this.row=r("div",{class:"ame-panes"}),this.footnote=r("p",{class:"ame-muted"}),
this.el=r("section",{class:"ame-card ame-manifold","aria-label":"Shared manifold","data-view":"manifold"},r("header",{},
r("h3",{},"Shared manifold"),r("span",{class:"ame-push"}),this.images,r("div",{class:"ame-group",role:"group","aria-labe\
l":"What dragging does"},this.tools),r("div",{class:"ame-group",role:"group","aria-label":"Zoom"},s("Zoom out","−",()=>this.
zoom(1.25)),s("Zoom in","+",()=>this.zoom(.8)),s("Fit to what is drawn now; once more: the axes' full range","Fit",()=>this.
fit())),this.table.button),this.row,this.legend,this.footnote,this.table.box)}setTool(t){this.tool=t;for(let e of this.tools)
e.setAttribute("aria-pressed",String(e.dataset.tool===t));for(let e of this.panes)e.over.style.cursor=t==="move"?"grab":
"crosshair"}scene(t){this.home=t.extent&&xe(t.extent),this.view=this.home&&{...this.home},this.forget(),this.at=null,this.
home&&this.shape(this.home),this.legendOf(t)}forget(){this.sprites=this.sheets=null}get asImages(){let{lab:{client:t,pictures:e,
scene:s}}=this;return e!==null&&!!(t.model.get("images")??s?.show_images)}toggleImages(){if(!this.lab.pictures)return;let{
model:t}=this.lab.client;t.set("images",!this.asImages);try{t.save_changes()}catch{}this.lab.say(this.asImages?"Points a\
re images.":"Points are dots."),this.lab.again()}sideFor(t,e,s){let{home:i,lab:{scene:n}}=this;if(!this.asImages||!i||!n)
return 0;let a=e.k/Math.min(t.width/i.w,t.height/i.h);return ye(t,n.ids.length,ve(s,e,t),a)}sheetsFor(t,e,s,i){let{ink:n,
pictures:a}=this.lab;if(!a)return null;let o=Math.round(e*s),c=Math.max(1,Math.round(s*(e<20?1.25:1.75))),l=d=>u=>({...this.
mark(t,t.labels[u]),halo:d});return this.sheets?.side!==o&&(this.sheets={side:o,plain:a.sheet(o,l(null),c),strong:null}),
i&&(this.sheets.strong??=a.sheet(Math.round(o*1.25),l(n.text),c)),this.sheets}legendOf(t){let e=new Set(t.labels),s=t.short.
map((i,n)=>({name:i,c:n})).filter(({c:i})=>i<os&&(!e.size||e.has(i)));this.legend.replaceChildren(...s.map(({name:i,c:n})=>{
let a=r("canvas",{width:28,height:28,"aria-hidden":"true"}),o=this.mark(t,n),c={...o,shape:o.filled?"square":"circle",filled:!1};
return P(N(a),this.asImages?c:o,14,14,8.5),r("li",{},a,i)}))}mark(t,e,s=!0){let{ink:i}=this.lab;return{shape:te(e),color:t.
colors[e]??i.text,filled:t.base?!!t.base[e]:!0,halo:s?i.card:null}}shape({w:t,h:e}){this.row.style.setProperty("--ame-as\
pect",Math.max(.9,Math.min(2,t/e)).toFixed(3))}frameExtent(){let t=we(this.arms.flatMap(({manifold:e})=>e?[e.points,e.anchors]:
[]));return t&&xe(t)}fit(){let t=this.frameExtent();if(!t)return;let e=this.view&&Math.abs(this.view.w-t.w)+Math.abs(this.
view.x-t.x)<1e-9*t.w;this.view={...e&&this.home?this.home:t},this.redraw()}zoom(t,e=null){let{view:s}=this;s&&(e&&(s.x=e[0]+
(s.x-e[0])*t,s.y=e[1]+(s.y-e[1])*t),s.w*=t,s.h*=t,this.redraw())}draw(t){this.arms=t.arms,this.selected=new Set(t.selection),
this.home||(this.home=this.frameExtent(),this.view=this.home&&{...this.home},this.home&&this.shape(this.home));let e=this.
lab.scene?.ids.length??0,s=Math.min(...this.arms.map(({manifold:n})=>(n?.points.length??0)/2)),i=e.toLocaleString("en");
for(this.note=e?s>0&&s<e?`${s} of ${i} images while it trains`:`${i} images`:"",this.row.dataset.arms=String(this.arms.length);this.
panes.length>this.arms.length;)this.panes.pop()?.el.remove();for(;this.panes.length<this.arms.length;){let n=new lt(this,
this.panes.length);this.panes.push(n),this.row.append(n.el)}this.redraw(),this.table.update()}redraw(){let{view:t,lab:{scene:e}}=this;
if(!(!t||!e)){for(let[s,i]of this.panes.entries())i.draw(this.arms[s],e,t);this.explain(e),this.hover()}}explain(t){let{
asImages:e,lab:{frame:{explained:s}}}=this,i=e&&this.panes.some(({shown:o})=>o?.side===0);M(this.images,!!t.thumbnails),
this.images.getAttribute("aria-pressed")!==String(e)&&(this.images.setAttribute("aria-pressed",String(e)),this.legendOf(
t)),M(this.legend,!e||t.short.length<=rs);let n=t.base?e&&!i?"square: base class, round: new class":"filled: base class,\
 open: new class":"",a=[this.note&&i?`${this.note}, as dots until you zoom in`:this.note,"★ class text",n,s&&`axes: ${s}`];
b(this.footnote,a.filter(Boolean).join(" · "))}theme(){this.forget(),this.lab.scene&&this.legendOf(this.lab.scene),this.
redraw()}spritesFor(t,e){if(this.sprites?.radius===e)return this.sprites;let{ink:s}=this.lab,i=e>4,n=Math.max(1,t.short.
length),a=(c,l)=>Array.from({length:n},(d,u)=>It({...this.mark(t,u,i),...c},e,l)),o=Array.from({length:n},(c,l)=>It({...this.
mark(t,l),halo:s.text,inside:s.card,edge:.4},e*1.2));return this.sprites={radius:e,plain:a({},i?.95:.8),dim:a({halo:null},
.16),strong:o},this.sprites}select(t,e=!1){let s=e?[...new Set([...this.selected,...t])]:t;this.selected=new Set(s),this.
lab.command("select",{ids:s}),this.redraw()}hover(t=this.at,e=null){for(let s of this.panes)s.overlay(t,e===s||e===null&&
s===this.panes[0])}describe(t,e,s){let i=t.labels[e],n=s?.manifold?.prediction[e],a=o=>t.short[o]??"–";return{id:t.ids[e],
caption:t.captions[e]??t.class_names[i]??"",label:a(i),predicted:n===void 0?"–":a(n),right:n===void 0?null:n===i,entropy:s?.
manifold?.entropy[e]}}rows(){let{scene:t}=this.lab,e=[];if(t){let s=[...t.ids.keys()],i=n=>Number(this.selected.has(t.ids[n]));
this.selected.size&&s.sort((n,a)=>i(a)-i(n));for(let n of this.arms)for(let a of s.slice(0,Math.ceil(200/this.arms.length))){
let{id:o,label:c,predicted:l,entropy:d}=this.describe(t,a,n),u=n.manifold?.points;e.push([n.name,o,c,l,d,u?.[2*a],u?.[2*
a+1]])}}return{columns:["arm","id","class","answer","entropy (nats)","axis 1","axis 2"],rows:e}}};var B=11;function hs(h,t,e,s){let i=[...h],n=h[t];for(let a=t;a!==e;a+=Math.sign(e-t))i[a]=n+(s-n)*(a-t)/(e-t);return i[e]=
s,i}var mt=class{constructor(t,{term:e,low:s,high:i},n,a,o){this.lab=t,this.term=e,this.low=s,this.high=i,this.locked=a,
this.report=o,this.values=n,this.cursor=0,this.last=null,this.canvas=r("canvas",{class:"ame-sketch",tabindex:"0",role:"a\
pplication","aria-label":`Sketch ${D[e]?.label??e} from ${s} to ${i} over the run. Left and right choose a place, up and\
 down set its height.`}),this.el=r("div",{},this.canvas);let c=l=>!a&&l.buttons&&this.put(l.offsetX/this.canvas.clientWidth,
1-l.offsetY/this.canvas.clientHeight);this.canvas.addEventListener("pointerdown",l=>{this.canvas.setPointerCapture(l.pointerId),
this.last=null,c(l)}),this.canvas.addEventListener("pointermove",c),this.canvas.addEventListener("keydown",l=>this.key(l))}put(t,e){
let s=Math.round(Math.max(0,Math.min(1,t))*(B-1)),i=this.low+(this.high-this.low)*Math.max(0,Math.min(1,e));this.values=
hs(this.values??new Array(B).fill(i),this.last??s,s,i),this.last=s,this.report(this.values),this.draw(this.lab.frame)}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key]??0,s={ArrowUp:.05,ArrowDown:-.05}[t.key]??0;if(!(!e&&!s||this.locked)){if(t.preventDefault(),
t.stopPropagation(),e)this.cursor=Math.max(0,Math.min(B-1,this.cursor+e));else{let i=this.values??new Array(B).fill((this.
low+this.high)/2);this.values=i,this.last=this.cursor,this.put(this.cursor/(B-1),(i[this.cursor]-this.low)/(this.high-this.
low)+s)}this.lab.say(`Place ${this.cursor+1} of ${B}: ${I(this.values?.[this.cursor])}`),this.draw(this.lab.frame)}}draw(t){
let{width:e,height:s,scale:i}=z(this.canvas);if(!e)return;let{ink:n}=this.lab,a=N(this.canvas);a.setTransform(i,0,0,i,0,
0),a.fillStyle=n.soft,a.fillRect(0,0,e,s);let o=c=>s-s*(c-this.low)/(this.high-this.low);a.font=`11px ${n.font}`,a.fillStyle=
n.muted,a.fillText(I(this.high),3,12),a.fillText(I(this.low),3,s-4),this.values?(a.strokeStyle=n.text,a.lineWidth=2,a.setLineDash(
[4,3]),a.beginPath(),this.values.forEach((c,l)=>a[l?"lineTo":"moveTo"](e*l/(B-1),o(c))),a.stroke(),a.setLineDash([])):a.
fillText("draw here",e/2-22,s/2),(this.locked?t.arms:[]).forEach((c,l)=>{let d=c.series[this.term];if(d){a.strokeStyle=C(
l),a.beginPath();for(let u=0;u<d.x.length;u++)a[u?"lineTo":"moveTo"](e*d.x[u]/(t.steps||1),o(d.y[u]));a.stroke()}}),document.
activeElement===this.canvas&&(a.fillStyle=n.accent,a.fillRect(e*this.cursor/(B-1)-1,0,2,s))}};var Me=.4,pt={ok:{sign:"✓",name:"Fine"},warn:{sign:"!",name:"Watch"},alarm:{sign:"✗",name:"Broken"}},Se=[{level:"ok",
text:"Nothing to report yet.",sensitivity:"",advice:""}],ft=class{constructor(){this.shown=new $,this.list=r("ul",{class:"\
ame-findings","data-testid":"diagnosis"}),this.el=r("section",{class:"ame-card","aria-label":"Diagnosis"},r("header",{},
r("h3",{},"Diagnosis")),this.list)}draw({diagnosis:t}){if(!this.shown.isNew(t))return;let e=t.length?t:Se;this.list.replaceChildren(
...e.map(({level:s,text:i,sensitivity:n,advice:a})=>r("li",{"data-level":s},r("b",{"aria-hidden":"true"},pt[s].sign),r("\
div",{},r("p",{},r("span",{class:"ame-hidden"},`${pt[s].name}: `),i),a&&r("p",{class:"ame-try"},r("b",{},"Try: "),a),n&&
r("p",{class:"ame-muted"},n)))))}},gt=class{constructor(t){this.shown=new $,this.sign=r("b",{"aria-hidden":"true"}),this.
text=r("span",{class:"ame-first"}),this.more=r("span",{class:"ame-more"}),this.el=r("button",{type:"button",class:"ame-f\
inding","data-testid":"first-finding",title:"Open the diagnosis",onclick:t},this.sign,this.text,this.more)}draw({diagnosis:t},e){
if(M(this.el,e),!e||!this.shown.isNew(t))return;let[s]=t.length?t:Se;this.el.dataset.level=s.level,b(this.sign,pt[s.level].
sign),this.text.replaceChildren(r("span",{class:"ame-hidden"},`Diagnosis, ${pt[s.level].name}: `),s.text);let i=t.length-
1;b(this.more,i>0?`+ ${i} more`:"more")}},bt=class{constructor(){this.shape=new $,this.drawnAt=0,this.table=r("table",{"\
data-testid":"delta"}),this.body=r("tbody",{}),this.el=r("section",{class:"ame-card","aria-label":"What the last step ch\
anged"},r("header",{},r("h3",{},"What the last step changed")),r("div",{class:"ame-delta",tabindex:"0",role:"region","ar\
ia-label":"Delta table"},this.table))}draw(t){if(t.state==="playing"&&k()-this.drawnAt<Me)return;this.drawnAt=k();let{columns:e,
rows:s}=t.delta;this.shape.isNew([e,s.map(i=>i.length)])&&(this.body=r("tbody",{},s.map(i=>i.length===1?r("tr",{class:"a\
me-since"},r("th",{scope:"rowgroup",colspan:e.length})):r("tr",{},e.map((n,a)=>a?r("td",{},r("b",{}),r("small",{})):r("t\
h",{scope:"row"}))))),this.table.dataset.columns=String(e.length),this.table.style.setProperty("--ame-columns",String(e.
length)),this.table.replaceChildren(r("thead",{},r("tr",{},e.map(i=>r("th",{scope:"col",title:i||null},i||r("span",{class:"\
ame-hidden"},"quantity"))))),this.body)),s.forEach((i,n)=>i.forEach((a,o)=>{let c=this.body.children[n].children[o],l=typeof a==
"string"?{value:a,trend:null,by:""}:a;if(!o)return b(c,l.value);let[d,u]=c.children;b(d,l.value),b(u,l.trend===null?"":l.
trend==="same"?"= same":`${l.trend==="up"?"▲ +":"▼ −"}${l.by}`)}))}},wt=class{constructor(t){this.lab=t,this.shape=
new $,this.questions=[],this.answers={},this.sketches=[],this.outcomes=new Map,this.tried=!1,this.body=r("div",{}),this.
commit=r("button",{type:"submit",class:"ame-button ame-primary","data-testid":"commit"},"Commit my prediction"),this.note=
r("p",{class:"ame-muted",role:"status"}),this.el=r("section",{class:"ame-card ame-predict","aria-label":"Predict, then r\
un"},r("header",{},r("h3",{},"Predict, then run")),r("form",{onsubmit:e=>this.submit(e)},this.body,this.note,this.commit))}submit(t){
t.preventDefault(),this.tried=!0,this.tell(),this.missing().length||this.lab.command("predict",{answers:this.answers})}missing(){
return this.questions.filter(({id:t})=>this.answers[t]===void 0)}answer(t,e){this.answers[t]=e,this.tell()}tell(){let t=this.
lab.frame.prediction?.waiting,e=this.tried?this.missing():[];b(this.note,t?e.length?`Still open: ${e.map(({text:s})=>s).
join(" ")}`:"Commit your prediction to unlock play.":"Committed. The result appears below your answer.")}there({prediction:t}){
return t!==null}draw(t){let{prediction:e}=t;if(!e)return;let{questions:s,answers:i,outcome:n,waiting:a}=e;this.shape.isNew(
[s,a])&&(this.questions=s,this.answers={...i},this.tried=!1,this.sketches=[],this.outcomes=new Map,this.body.replaceChildren(
...s.map(o=>this.question(o,!a)))),M(this.commit,a),this.tell();for(let[o,c]of this.outcomes){let l=n[o];if(M(c,!!l),!l)
continue;let{text:d,right:u}=l;c.className=`ame-outcome ${u===!0?"ame-right":u===!1?"ame-wrong":""}`,b(c,`${u===!0?"✓ ":
u===!1?"✗ ":""}${d}`)}for(let o of this.sketches)o.draw(t)}question({id:t,text:e,options:s,sketch:i},n){let a=r("p",{class:"\
ame-outcome",hidden:!0});this.outcomes.set(t,a);let o=this.answers[t];if(i){let l=new mt(this.lab,i,Array.isArray(o)?[...o]:
null,n,d=>this.answer(t,d));return this.sketches.push(l),r("fieldset",{"data-testid":`predict-${t}`},r("legend",{},e),l.
el,a)}let c=H();return r("fieldset",{disabled:n,"data-testid":`predict-${t}`},r("legend",{},e),r("div",{class:"ame-optio\
ns"},(s??[]).map(l=>r("label",{},r("input",{type:"radio",name:c,value:l,checked:o===l,onchange:()=>this.answer(t,l)}),` ${l}`))),
a)}},ls=40,yt=class{constructor(t){this.lab=t,this.listed=new $,this.drawnAt=0,this.count=r("span",{class:"ame-muted"}),
this.whose=r("span",{class:"ame-muted","data-testid":"selection-arm"}),this.clear=r("button",{type:"button",class:"ame-q\
uiet","data-testid":"clear-selection",onclick:()=>t.command("select",{ids:[]})},"Clear"),this.body=r("tbody",{}),this.hint=
r("p",{class:"ame-muted"},"Draw a lasso around points, or click one. In Python: .selection of this lab is a table of the\
m."),this.scroll=r("div",{class:"ame-scroll",hidden:!0,tabindex:"0",role:"region","aria-label":"Selected images"},r("tab\
le",{"data-testid":"selection"},r("thead",{},r("tr",{},["","id","class","answer","entropy"].map(e=>r("th",{scope:"col"},
e||r("span",{class:"ame-hidden"},"picture"))))),this.body)),this.el=r("section",{class:"ame-card","aria-label":"Selectio\
n"},r("header",{},r("h3",{},"Selection"),this.count,this.whose,r("span",{class:"ame-push"}),this.clear),this.hint,this.scroll)}draw(t){
let{lab:e}=this,{scene:s}=e,i=t.selection;if(t.state==="playing"&&i.length&&k()-this.drawnAt<Me)return;this.drawnAt=k(),
M(this.hint,!i.length),M(this.scroll,i.length>0),M(this.clear,i.length>0),b(this.count,i.length?`${i.length} image${i.length>
1?"s":""}`:"");let n=s?i.slice(0,ls).flatMap(o=>e.rowOf.get(o)??[]):[],a=t.arms.at(-1);b(this.whose,a&&t.arms.length>1&&
n.length?`answers of ${a.name}`:""),this.listed.isNew([e.scenes,n])&&this.body.replaceChildren(...n.map(o=>{let c=r("can\
vas",{class:"ame-thumb-small","aria-hidden":"true"});return e.thumbnail(c,o),r("tr",{},r("td",{},c),r("td",{}),r("td",{}),
r("td",{}),r("td",{}))})),s&&n.forEach((o,c)=>{let l=e.manifold.describe(s,o,a),[,d,u,p,m]=this.body.children[c].children;
b(d,String(l.id)),b(u,l.label),b(p,ct(l)),p.className=dt(l),b(m,I(l.entropy))})}};function cs(h){let t=h.trim();return t.
match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1]??t}var vt=class{constructor(t){this.lab=t,this.names=new $,this.arm=r("select",
{"aria-label":"Arm of the recipe",onchange:()=>this.draw(t.frame)}),this.token=r("input",{type:"text",readonly:!0,"data-\
testid":"recipe-token","aria-label":"Recipe as one token",onfocus:()=>this.token.select()}),this.copy=r("button",{type:"\
button",class:"ame-button","data-testid":"copy-recipe",onclick:()=>this.put()},"Copy"),this.given=r("input",{type:"text",
placeholder:"ame1:…","data-testid":"restore-token",oninput:()=>this.forget(),"aria-label":"Token to restore",spellcheck:"\
false"}),this.restore=r("button",{type:"submit",class:"ame-button","data-testid":"restore"},"Restore"),this.refused=r("p",
{class:"ame-refused",role:"alert","data-testid":"restore-refused",hidden:!0}),this.asked=!1,this.el=r("section",{class:"\
ame-card ame-recipe","aria-label":"Recipe"},r("header",{},r("h3",{},"Recipe"),r("span",{class:"ame-push"}),this.arm),r("\
div",{class:"ame-field"},this.token,this.copy),r("form",{class:"ame-field",onsubmit:e=>{e.preventDefault();let s=cs(this.
given.value);s&&t.anew(()=>this.send(s),this.lost(t.frame))}},this.given,this.restore),this.refused,r("p",{class:"ame-mu\
ted"},'The whole run, steering included, as one string: lab("ame1:…") restores it.'))}lost({arms:t,step:e,to_lose:s}){
return t.length<2?s:`All ${t.length} arms as they stand at step ${e}${s&&`, with ${s},`}`}forget(){this.asked=!1,M(this.
refused,!1)}send(t){this.asked=!0,M(this.refused,!1),this.lab.command("restore",{token:t})}async put(){try{await navigator.
clipboard.writeText(this.token.value)}catch{this.token.select(),document.execCommand("copy")}b(this.copy,"Copied"),this.
lab.say("Recipe copied."),setTimeout(()=>b(this.copy,"Copy"),1500)}draw({arms:t}){if(this.names.isNew(t.map(n=>n.name))){
let n=this.arm.value;this.arm.replaceChildren(...t.map(a=>r("option",{value:a.name},a.name))),this.arm.value=t.some(a=>a.
name===n)?n:t.at(-1)?.name??"",M(this.arm,t.length>1)}let e=t.find(n=>n.name===this.arm.value)?.recipe_token??"";this.token.
value!==e&&(this.token.value=e),this.restore.disabled=this.given.disabled=this.lab.locked("restore");let{note:s,state:i}=this.
lab.frame;i==="preparing"&&(this.asked=!1),M(this.refused,this.asked&&!!s),this.asked&&s&&b(this.refused,s)}};var ds="Start a new branch from this step (F)",us=.6,Ae=({step:h,text:t})=>`${t} from step ${h} on`,kt=class{constructor(t){
this.lab=t,this.shown=0,this.touched=-1/0,this.step=0,this.send=Z(e=>t.command("scrub",{step:e}),80),this.range=r("input",
{type:"range",min:0,max:1,step:1,"data-testid":"scrubber","aria-label":"Recorded steps",class:"ame-scrub",oninput:()=>this.
moved()}),this.live=r("button",{type:"button",class:"ame-button","data-testid":"live-head",onclick:()=>t.command("scrub",
{step:null}),title:"Back to the newest step (L)"},"Back to live"),this.fork=r("button",{type:"button",class:"ame-button",
"data-testid":"fork","aria-expanded":"false",onclick:()=>this.toggle(),title:ds},"Fork from here…"),this.bars=r("div",
{class:"ame-branches",role:"list","aria-label":"Branches","data-testid":"branches"}),this.marks=[],this.arm=r("select",{
"aria-label":"Branch off","data-testid":"fork-arm",onchange:()=>this.editor()}),this.from=r("span",{"data-testid":"fork-\
step"}),this.field=r("select",{"aria-label":"Dial to change","data-testid":"fork-field",onchange:()=>this.editor()}),this.
input=null,this.value=r("span",{}),this.again=r("p",{class:"ame-muted ame-repeats",role:"status"}),this.form=r("form",{class:"\
ame-fork",hidden:!0,"data-testid":"fork-form",onsubmit:e=>this.submit(e),onkeydown:e=>e.key==="Escape"&&this.toggle(!1)},
r("label",{},"Branch off ",this.arm),this.from,r("label",{},"and set ",this.field),this.value,r("button",{type:"submit",
class:"ame-button ame-primary","data-testid":"fork-go"},"Fork and run on"),r("button",{type:"button",class:"ame-button",
onclick:()=>this.toggle(!1)},"Cancel"),this.again),this.note=r("p",{class:"ame-scrub-note",hidden:!0}),this.el=r("div",{
class:"ame-timeline",role:"group","aria-label":"Time"},r("div",{class:"ame-scrub-row"},r("div",{class:"ame-track"},this.
range,this.bars),this.live,this.fork),this.note,this.form)}toggle(t=this.form.hidden){if(this.form.hidden=!t,this.fork.setAttribute(
"aria-expanded",String(t)),!t)return this.fork.focus();let{frame:e}=this.lab;this.step=F(e),b(this.from,`at step ${this.
step}`),this.arm.replaceChildren(...e.arms.map(n=>r("option",{value:n.name,title:n.label},n.name)));let s=e.dials.filter(
n=>n.steerable&&!n.locked);this.field.replaceChildren(r("option",{value:""},"nothing"),...s.map(n=>r("option",{value:n.field},
n.label))),s.length&&(this.field.value=(s.find(({field:n})=>n==="omega")??s[0]).field);let i=e.arms.at(-1);i&&(this.arm.
value=i.name),this.editor(),this.field.focus()}editor(){let{frame:t}=this.lab,e=t.dials.find(({field:o})=>o===this.field.
value),s=t.arms.find(({name:o})=>o===this.arm.value),i=(s?.turns??[]).filter(({step:o,field:c})=>o>this.step&&c!==this.field.
value);if(b(this.again,s&&i.length?`The fork repeats the later changes of ${s.name}: ${i.map(Ae).join("; ")}.`:""),this.
input=null,!e)return this.value.replaceChildren();let n=e.values[this.arm.value]??e.value,a={"aria-label":`New value of ${e.
label}`,"data-testid":"fork-value"};if(e.kind==="number"){let o=e.step??(e.whole?1:"any");this.input=r("input",{...a,type:"\
number",step:o,min:e.low,max:e.high,value:n??"",required:!0})}else{let o=e.kind==="switch"?[!0,!1]:e.choices;this.input=
r("select",a,o.map(c=>r("option",{value:JSON.stringify(c)},V(c)))),this.input.value=JSON.stringify(e.kind==="switch"?!n:
n)}this.value.replaceChildren("to ",this.input)}submit(t){t.preventDefault();let{input:e}=this,s=e?e.type==="number"?Number(
e.value):JSON.parse(e.value):null;this.lab.command("fork",{step:this.step,field:this.field.value||null,value:s,arm:this.
arm.value,play:!0}),this.toggle(!1)}moved(){let t=oe(this.lab.frame.recorded_steps,this.shown,Number(this.range.value));
this.range.value=String(t),this.shown=t,this.touched=k(),this.send(t)}draw(t){let e=Math.max(1,t.steps),s=t.recorded_steps.
length>0;this.range.max!==String(e)&&(this.range.max=String(e)),k()-this.touched>=us&&(this.shown=F(t),this.range.value!==
String(this.shown)&&(this.range.value=String(this.shown))),this.range.setAttribute("aria-valuetext",`step ${this.shown} \
of ${e}`),this.range.disabled=this.lab.locked("scrub")||!s;let i=W(t);this.live.disabled=!i,this.fork.disabled=this.lab.
locked("fork")||!s||t.state==="preparing"||t.state==="closed",M(this.note,i),i&&b(this.note,`Looking back at step ${t.scrubbed}\
; the newest is ${t.recorded_steps.at(-1)??t.step}. Dials and curves are as they were then: fork from here to change one\
, or go back to live.`),(!i||t.arms.length!==this.bars.children.length)&&this.branches(t,e)}branches({arms:t},e){for(;this.
bars.children.length>t.length;)this.bars.lastChild?.remove();for(;this.bars.children.length<t.length;)this.bars.append(r(
"div",{role:"listitem",class:"ame-branch"},r("span",{class:"ame-branch-rail"},r("i",{}),r("span",{})),r("span",{class:"a\
me-branch-name"})));t.forEach((s,i)=>{let n=this.bars.children[i],[a,o]=n.children,[c,l]=a.children,d=s.fork_step??0;c.style.
left=`${100*d/e}%`,c.style.width=`${100*Math.max(0,s.step-d)/e}%`,c.style.background=C(i),b(o,s.name),this.marks[i]??=new $,
this.marks[i].isNew([s.turns,e])&&l.replaceChildren(...s.turns.map(u=>r("b",{style:`left: ${100*u.step/e}%`,title:Ae(u)}))),
n.title=`${s.label}: step ${s.step}${s.finished?", finished":""}`})}};var Te={play:"M4 2.5v11l9-5.5z",pause:"M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",step:"M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",epoch:"\
M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",reset:"M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 \
.4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z"},ms=[["","full speed"],[50,"50 steps/s"],[20,"20 steps/s"],[5,"\
5 steps/s"],[1,"1 step/s"]],ps={paused:"Paused",playing:"Training",finished:"Finished",failed:"Failed",closed:"Closed",preparing:"\
Preparing",waiting:"Connecting"},xt=class{constructor(t){this.lab=t;let e=(s,i,n,a,o)=>r("button",{type:"button",class:"\
ame-button","data-testid":i,title:a,onclick:o},r("svg",{viewBox:"0 0 16 16",width:14,height:14,"aria-hidden":"true",fill:"\
currentColor"},r("path",{d:Te[s]})),r("span",{},n));this.play=e("play","play","Play","Play or pause (K)",()=>t.toggle()),
this.play.classList.add("ame-primary"),this.step=e("step","step-one","Step","One minibatch (S)",()=>t.command("step")),this.
epoch=e("epoch","epoch","Epoch","One pass over the shots (E)",()=>t.command("epoch")),this.reset=e("reset","reset","Rese\
t","Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)",()=>t.anew(()=>t.command(
"reset"))),this.speed=r("select",{"data-testid":"speed","aria-label":"Speed",title:"Speed",onchange:()=>t.command("speed",
{value:this.speed.value===""?null:Number(this.speed.value)})},ms.map(([s,i])=>r("option",{value:s},i))),this.state=r("sp\
an",{class:"ame-state","data-testid":"state"}),this.count=r("span",{class:"ame-count","data-testid":"step"}),this.where=
r("span",{class:"ame-muted"}),this.el=r("div",{class:"ame-transport",role:"group","aria-label":"Training"},this.play,this.
step,this.epoch,this.reset,this.speed,this.state,this.count,this.where)}draw(t){let{state:e}=t,s=e==="playing",i=s?"Paus\
e":e==="finished"?"Play again":"Play";this.play.dataset.name!==i&&(this.play.dataset.name=i,this.play.querySelector("pat\
h")?.setAttribute("d",Te[s?"pause":"play"]),b(this.play.lastChild,i),this.play.setAttribute("aria-label",`${i} training`));
let n=e==="preparing"||e==="closed"||e==="waiting",a=t.prediction?.waiting??!1,o=(p,m,g=!0)=>p.disabled=n||this.lab.locked(
m)||!g;o(this.play,"play",s||!(a||e==="failed")),o(this.step,"step",!(a||e==="finished"||e==="failed")),o(this.epoch,"ep\
och",!(a||e==="finished"||e==="failed"));let c=t.steps_per_epoch,l=c===1?"here one minibatch holds all the shots, so it \
is one step":c?`${c} minibatches`:"";this.epoch.title=`One pass over the shots (E)${l&&`: ${l}`}`,o(this.reset,"reset"),
o(this.speed,"speed"),this.play.title=a?"Commit your prediction first":"Play or pause (K)";let d=String(t.speed??"");document.
activeElement!==this.speed&&this.speed.value!==d&&([...this.speed.options].some(p=>p.value===d)||this.speed.append(r("op\
tion",{value:d},`${d} steps/s`)),this.speed.value=d);let u=W(t);this.state.dataset.state=u?"back":e,b(this.state,u?"Look\
ing back":ps[e]),b(this.count,`step ${F(t)} of ${t.steps||"–"}`),b(this.where,e==="preparing"?t.progress?.text??"":c&&
c!==1?`epoch ${I(t.epoch)}`:"")}};var fs=[["K","play or pause"],["S","one minibatch"],["E","one epoch"],["R","reset"],["[ and ]","earlier and later record\
ed step"],["L","back to live"],["F","fork from here"],["D","to the dials"],["M","to the manifold"],["P","fill the browse\
r, and back"],["?","this list"]],Ee=["change:images","change:arrangement","change:opened"],gs={predict:"Predict",dials:"\
Dials",breaks:"Break it",charts:"Curves",diagnosis:"Diagnosis",delta:"Last step",selection:"Selection",recipe:"Recipe"},
Mt=class{constructor(t){this.client=t,this.scene=null,this.scenes=0,this.pictures=null,this.frame=le,this.rowOf=new Map,
this.heard=new Set,this.newest="",this.ink=this.readInk(),this.cursor=null,this.unfocused=null,this.inside=!1,this.due=this.
cursorDue=0,this.finishedAt=-1/0,this.quiet=0,this.lateBy=0,this.gone=!1,this.act=()=>{},this.transport=new xt(this),this.
timeline=new kt(this),this.manifold=new ut(this),this.charts=new nt(this),this.dials=new at(this);let e={predict:new wt(
this),dials:this.dials,breaks:new ot(this),charts:this.charts,diagnosis:new ft,delta:new bt,selection:new yt(this),recipe:new vt(
this)};this.fixed={transport:this.transport,timeline:this.timeline,manifold:this.manifold},this.live=r("div",{class:"ame\
-hidden",role:"log","aria-live":"polite","data-testid":"said"}),this.error=r("div",{class:"ame-error",role:"alert","data\
-testid":"error",hidden:!0}),this.note=r("div",{class:"ame-note",role:"status","data-testid":"note",hidden:!0}),this.progress=
r("progress",{max:1,value:0,"aria-label":"Preparation",hidden:!0}),this.caption=r("p",{class:"ame-caption","data-testid":"\
caption"}),this.help=r("dialog",{class:"ame-keys","aria-label":"Keyboard"},r("h3",{},"Keyboard, while the focus is in th\
e lab"),r("dl",{},fs.map(([s,i])=>[r("dt",{},r("kbd",{},s)),r("dd",{},i)])),r("p",{},"In a manifold: arrows move, + and \
− zoom, 0 shows everything, N and B go from image to image, Enter selects, Esc clears, I shows images or dots."),r("bu\
tton",{type:"button",class:"ame-button",onclick:()=>this.help.close()},"Close")),this.losing=r("p",{}),this.sure=r("dial\
og",{class:"ame-keys","aria-label":"Start over?","data-testid":"sure"},r("h3",{},"Start over?"),this.losing,r("div",{class:"\
ame-choices"},r("button",{type:"button",class:"ame-button ame-primary","data-testid":"keep",autofocus:!0,onclick:()=>this.
sure.close()},"Keep the run"),r("button",{type:"button",class:"ame-button","data-testid":"drop",onclick:()=>this.dropped()},
"Start over"))),this.finding=new gt(()=>this.layout.open("diagnosis")),this.said=r("div",{class:"ame-said"},this.caption,
this.finding.el),this.layout=new rt(this,e,gs,[this.manifold.el,this.said]),this.el=r("div",{class:"ame-lab","data-testi\
d":"lab",role:"region","aria-label":"Live lab",tabindex:"-1",onkeydown:s=>this.key(s),"oname-size":()=>this.again(),onfocusin:()=>this.
inside=!0,onfocusout:s=>this.focusLeft(s)},r("div",{class:"ame-bar"},this.transport.el,r("div",{class:"ame-menu"},this.layout.
arrange,this.layout.present,r("button",{type:"button",class:"ame-quiet ame-keys-button",title:"Keyboard shortcuts (?)",onclick:()=>this.
help.showModal()},"Keys")),this.progress,this.timeline.el),this.error,this.note,this.layout.el,this.help,this.sure,this.
layout.dialog,this.live),this.themes=new MutationObserver(()=>requestAnimationFrame(()=>this.theme())),this.themes.observe(
document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","data-jp-theme-name","class"]}),requestAnimationFrame(
()=>this.theme()),this.sizes=new ResizeObserver(()=>{this.layout.fit(),this.again()}),this.sizes.observe(this.el),this.onTrait=
()=>this.again();for(let s of Ee)t.model.on(s,this.onTrait);this.draw(this.frame)}close(){this.themes.disconnect(),this.
sizes.disconnect(),this.layout.close();for(let t of Ee)this.client.model.off(t,this.onTrait)}retained(t,e){if(t!=="scene")
return;let s=e;this.scene=s,this.scenes+=1,this.pictures=null,s.thumbnails&&this.decode(s,s.thumbnails),this.rowOf=new Map(
[...s.ids].map((i,n)=>[i,n])),this.manifold.scene(s),this.again()}async decode(t,e){try{let s=await ht.load(e);if(this.scene!==
t)return;this.pictures=s,this.scenes+=1,this.manifold.forget(),this.again()}catch(s){console.error("ame_explore: the ima\
ges could not be decoded",s)}}draw(t){jt(()=>this.write(t)),this.keepFocus()}write(t){let{state:e}=t;e==="finished"&&this.
frame.state==="playing"&&(this.finishedAt=k()),this.frame=t;let s=t.show&&new Set(t.show);for(let[a,o]of Object.entries(
this.fixed)){let c=s!==null&&!s.has(a);o.el.classList.toggle("ame-off",c),c||o.draw(t)}this.layout.draw(t),this.finding.
draw(t,(s===null||s.has("diagnosis"))&&!this.layout.isOpen("diagnosis")),M(this.error,!!t.error),t.error&&b(this.error,t.
error);let{done:i,of:n}=t.progress??{done:0,of:0};M(this.progress,e==="preparing"),n>0?this.progress.value=i/n:this.progress.
removeAttribute("value"),this.tell(),this.hear(t.said),b(this.caption,t.caption??this.newest),Object.assign(this.el.dataset,
{state:e,step:F(t),frame:t.n,ageMs:Math.round(1e3*this.client.drawnAge),drawMs:this.client.drawMs.toFixed(1)})}keepFocus(){
let t=document.activeElement;this.inside&&(t===null||t===document.body)&&this.el.focus({preventScroll:!0}),t instanceof HTMLElement&&
t!==this.el&&this.el.contains(t)&&t.matches(":disabled")?(this.unfocused=t,this.el.focus({preventScroll:!0})):this.unfocused&&
t!==this.el?this.unfocused=null:this.unfocused&&!this.unfocused.matches(":disabled")&&(this.unfocused.focus({preventScroll:!0}),
this.unfocused=null)}focusLeft(t){let{relatedTarget:e,target:s}=t,i=s instanceof HTMLElement&&(!s.isConnected||s.matches(
":disabled")||!s.checkVisibility());(e instanceof Node?!this.el.contains(e):!i&&document.hasFocus())&&(this.inside=!1)}again(){
this.due||(this.due=requestAnimationFrame(()=>{this.due=0,this.el.isConnected&&this.draw(this.frame)}))}late(t){this.el.
dataset.late=t?t.toFixed(2):"",this.lateBy=t,this.tell()}silent(t,e){this.quiet=t,this.gone=e,this.tell()}tell(){let t=this.
gone?"Python has stopped: the kernel was restarted or shut down. Run the cell again for a new lab; this page still shows\
 the last state.":this.quiet&&this.frame.state!=="closed"?`No answer from Python for ${Math.round(this.quiet)} s: it may\
 be busy with a cell.`:this.lateBy?`The connection is slow: this picture is ${this.lateBy.toFixed(1)} s old.`:this.frame.
note??"";M(this.note,!!t),b(this.note,t)}hear(t){let e=t.filter(({id:i})=>!this.heard.has(i)),s=this.heard.size===0;for(let{
id:i}of e)this.heard.add(i);if(e.length){this.newest=e[e.length-1].text;for(let{text:i}of s?e.slice(-1):e.slice(-3))this.
say(i)}}say(t){for(this.live.append(r("p",{},t));this.live.childElementCount>20;)this.live.firstChild?.remove()}command(t,...e){
this.locked(t)||this.client.send({type:"command",name:t,args:e[0]??{}})}locked(t){return this.frame.locked.includes(t)}anew(t,e=this.
frame.to_lose){if(!e)return t();this.act=t,b(this.losing,`${e} would be lost. To keep a run, copy its recipe token first\
.`),this.sure.showModal()}dropped(){this.sure.close(),this.act()}toggle(){if(!this.transport.play.disabled){if(this.intoView(),
this.frame.state!=="finished")return this.command(this.frame.state==="playing"?"pause":"play");k()-this.finishedAt<.6||this.
anew(()=>{this.command("reset"),this.command("play")})}}intoView(){let{top:t,bottom:e}=this.el.getBoundingClientRect();this.
el.dataset.shape!=="narrow"&&(t<0||e>window.innerHeight)&&this.el.scrollIntoView({block:"nearest"})}scrubTo(t){this.timeline.
range.disabled||this.command("scrub",{step:Lt(this.frame.recorded_steps,t)})}chartCursor(t){t!==this.cursor&&(this.cursor=
t,!this.cursorDue&&(this.cursorDue=requestAnimationFrame(()=>{this.cursorDue=0,this.charts.draw(this.frame,this.cursor)})))}key(t){
let e=t.target;if(t.key==="Enter"&&(t.ctrlKey||t.metaKey||t.shiftKey))return this.enter(t,e);if(t.ctrlKey||t.metaKey||t.
altKey||t.key==="Tab")return;if(this.help.open||this.sure.open||this.layout.dialog.open)return t.stopPropagation();t.key===
"Escape"&&this.el.classList.contains("ame-presented")&&this.layout.toggle(),(!t.shiftKey||t.key.length===1)&&t.stopPropagation();
let{tagName:s}=e;if(s==="INPUT"&&e.type!=="range"&&e.type!=="radio"||s==="SELECT"||s==="TEXTAREA")return;let n=c=>!c.disabled&&
c.click(),o={k:()=>this.toggle(),s:()=>n(this.transport.step),e:()=>n(this.transport.epoch),r:()=>n(this.transport.reset),
"[":()=>this.move(-1),"]":()=>this.move(1),l:()=>n(this.timeline.live),f:()=>n(this.timeline.fork),d:()=>this.toDials(),
m:()=>this.manifold.panes[0]?.over.focus(),p:()=>this.layout.toggle(),"?":()=>this.help.showModal()}[t.key.toLowerCase()];
o&&(t.preventDefault(),o())}toDials(){this.layout.open("dials"),this.dials.el.querySelector("input:enabled, select:enabl\
ed, button:enabled")?.focus()}enter(t,e){t.stopPropagation(),e.type==="number"&&(t.preventDefault(),e.blur(),e.focus())}move(t){
let{recorded_steps:e}=this.frame;if(!e.length||this.timeline.range.disabled)return;let s=Math.max(0,Math.min(e.length-1,
j(e,F(this.frame))+t));this.command("scrub",{step:e[s]})}thumbnail(t,e){return!this.pictures||e>=this.pictures.count?!1:
(this.pictures.fill(t,e),!0)}readInk(){let t=this.el?getComputedStyle(this.el):null,e=(o,c)=>t?.getPropertyValue(o).trim()||
c,s=e("--ame-card","#ffffff"),[i,n,a]=ee(s);return{dark:q(),text:e("--ame-text","#1a1a1a"),muted:e("--ame-muted","#5a5a5\
a"),grid:e("--ame-line","#e4e4e4"),card:s,soft:e("--ame-soft","#f4f5f7"),accent:e("--ame-accent","#0072B2"),wash:e("--am\
e-wash","rgba(0,114,178,.12)"),font:t?.fontFamily||"sans-serif",paper32:(4278190080|a<<16|n<<8|i)>>>0}}theme(){this.el.dataset.
theme=q()?"dark":"light",this.ink=this.readInk(),this.manifold.theme(),this.again()}};var yn=zt((h,t)=>{se(h.model.get("quantities"));let e=new Mt(h);return t.append(e.el),e});export{yn as default};
